// Machines reached by SSH: an embedded host in the role of another machine.
#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"

namespace mqtts::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The broker of such a machine would be a system service on the default ports, so that only the login can be tested
// here: observing reads the broker's log at the end.
class Machines : public ::testing::Test {
 protected:
  void SetUp() override {
    environment = {{"XDG_RUNTIME_DIR", folder.path().string()},
                   {"XDG_CACHE_HOME", (folder / "cache").string()},
                   {"HOME", (folder / "home").string()},
                   {"SSH_AUTH_SOCK", ""}};
    ASSERT_EQ(Program({harness(), "lab", "up"}, folder.path(), environment).end().code, 0);
    const auto state = nlohmann::json::parse(read(lab_state()));
    target = nlohmann::json::parse(read(state.at("target").get<std::string>()));
    std::filesystem::create_directories(folder / "home/.ssh");
    std::filesystem::create_directories(folder / "lab/.vagrant/machines/broker/virtualbox");
    write(folder / "lab/Vagrantfile", "");
    write(machine_id(), "one");
    lend_sudo();
  }
  void TearDown() override { Program({harness(), "lab", "down"}, folder.path(), environment).end(); }

  // If the tests' user is not root, the machine's sudo grants only rights that the user has anyway.
  void lend_sudo() {
    std::filesystem::create_directories(folder / "there");
    write(folder / "there/sudo", "#!/bin/sh\nshift\nexec \"$@\"\n");
    chmod((folder / "there/sudo").c_str(), 0755);
    const auto file = std::filesystem::path(ssh("known_hosts_file")).parent_path() / "sshd_config";
    auto text = read(file);
    const std::string setting = "SetEnv ";
    write(file, text.insert(text.find(setting) + setting.size(),
                            "PATH=\"" + (folder / "there").string() + ":/usr/bin:/bin\" "));
  }

  std::filesystem::path lab_state() const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
      if (entry.path().filename() == "lab.json") return entry.path();
    return {};
  }
  std::filesystem::path machine_id() const { return folder / "lab/.vagrant/machines/broker/virtualbox/id"; }
  std::string ssh(const char* key) const {
    const auto& value = target.at("ssh").at(key);
    return value.is_string() ? value.get<std::string>() : value.dump();
  }
  std::string url() const { return "ssh://" + ssh("user") + "@" + ssh("host") + ":" + ssh("port"); }

  void install_vagrant() {
    std::filesystem::create_directory(folder / "bin");
    write(folder / "bin/vagrant",
          "#!/bin/sh\necho called >>'" + (folder / "calls").string() + "'\ncat <<'END'\nHost broker\n  HostName " +
              ssh("host") + "\n  User " + ssh("user") + "\n  Port " + ssh("port") +
              "\n  UserKnownHostsFile /dev/null\n  IdentityFile \"/no such/key\"\n  IdentityFile \"" +
              ssh("identity_file") + "\"\n  HostKeyAlgorithms +ssh-rsa\nEND\n");
    chmod((folder / "bin/vagrant").c_str(), 0755);
    environment["PATH"] = (folder / "bin").string() + ":" + std::getenv("PATH");
    environment["MQTTS_BROKER_ADDRESS"] = "127.0.0.1";
  }

  // Observes a plan's first check.
  Ended observe(const std::string& name, std::vector<std::string> more = {}) const {
    std::vector<std::string> all{harness(), "run",     lab_plan(), "--observe", "--target",
                                 name,      "--stage", "open",     "--out",     (folder / "out").string()};
    all.insert(all.end(), more.begin(), more.end());
    return Program(all, folder / "lab", environment).end();
  }

  Folder folder;
  Environment environment;
  nlohmann::json target;
};

TEST_F(Machines, by_a_url_must_be_known_and_are_learnt_only_when_that_is_allowed) {
  const auto unknown = observe(url(), {"--identity", ssh("identity_file")});
  EXPECT_THAT(unknown.err, HasSubstr("is not in " + (folder / "home/.ssh/known_hosts").string()));
  const auto learnt = observe(url(), {"--identity", ssh("identity_file"), "--host-key", "accept-new"});
  EXPECT_THAT(learnt.err, HasSubstr("was not known, and is now in"));
  EXPECT_THAT(learnt.err, Not(HasSubstr("error")));
  const auto known = observe(url(), {"--identity", ssh("identity_file")});
  EXPECT_EQ(known.err, "");
}

TEST_F(Machines, by_a_url_are_logged_in_to_with_the_users_own_key) {
  std::filesystem::copy_file(ssh("identity_file"), folder / "home/.ssh/id_ed25519");
  std::filesystem::copy_file(ssh("known_hosts_file"), folder / "home/.ssh/known_hosts");
  EXPECT_EQ(observe(url()).err, "");
}

TEST_F(Machines, of_vagrant_are_asked_for_once_and_their_host_key_is_learnt_once) {
  install_vagrant();
  const auto first = observe("vagrant");
  EXPECT_THAT(first.err, HasSubstr("was not known, and is now in"));
  EXPECT_THAT(first.err, Not(HasSubstr("error")));
  const auto second = observe("vagrant:" + (folder / "lab").string() + "#broker");
  EXPECT_EQ(second.err, "");
  EXPECT_EQ(read(folder / "calls"), "called\n");
}

TEST_F(Machines, of_vagrant_that_show_another_key_are_refused_until_they_are_made_anew) {
  install_vagrant();
  observe("vagrant");
  std::filesystem::path known_hosts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "cache"))
    if (entry.path().filename() == "known_hosts") known_hosts = entry.path();
  const auto line = read(known_hosts);
  // A stranger's key: RFC 8709's form, with any point of the curve.
  write(known_hosts, line.substr(0, line.find(' ')) +
                         " ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\n");
  const auto changed = observe("vagrant");
  EXPECT_THAT(changed.err, HasSubstr("has changed"));
  EXPECT_EQ(changed.code, 3) << "it may be another machine: nothing is asked of its broker";
  EXPECT_EQ(read(folder / "out/results.json").find("\"verdict\": \"pass\""), std::string::npos);
  write(machine_id(), "two");
  const auto anew = observe("vagrant");
  EXPECT_THAT(anew.err, HasSubstr("was not known, and is now in"));
  EXPECT_THAT(anew.err, Not(HasSubstr("error")));
}

TEST_F(Machines, of_vagrant_without_a_vagrantfile_or_that_do_not_run_are_said_in_one_line) {
  install_vagrant();
  const auto nowhere = Program({harness(), "run", lab_plan(), "--target", "vagrant"}, "/", environment).end();
  EXPECT_EQ(nowhere.code, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("there is no Vagrantfile in / nor above it"));
  write(folder / "bin/vagrant", "#!/bin/sh\necho 'VM must be running' >&2; exit 1\n");
  const auto down = observe("vagrant");
  EXPECT_EQ(down.code, 3);
  EXPECT_THAT(down.err, HasSubstr("vagrant up broker"));
  EXPECT_THAT(down.err, HasSubstr("VM must be running"));
}

TEST_F(Machines, with_a_locked_key_and_no_terminal_are_one_clear_error) {
  const auto key = (folder / "home/.ssh/id_ed25519").string();
  std::filesystem::copy_file(ssh("identity_file"), key);
  std::filesystem::copy_file(ssh("known_hosts_file"), folder / "home/.ssh/known_hosts");
  const auto locking = "ssh-keygen -q -p -N 'open sesame' -f " + key + " >/dev/null 2>&1";
  ASSERT_EQ(std::system(locking.c_str()), 0);
  const auto ended = Program({"/usr/bin/setsid", "--wait", harness(), "run", lab_plan(), "--target", url(), "--out",
                              (folder / "out").string()},
                             folder.path(), environment)
                         .end();
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, HasSubstr("has a passphrase, and nobody has told it"));
}

TEST_F(Machines, are_misnamed_in_one_line) {
  for (const auto& [arguments, words] : std::map<std::vector<std::string>, std::string>{
           {{"--target", "ssh://a@b@c"}, "it is written ssh://user@host[:port]"},
           {{"--target", url(), "--host-key", "no"}, "--host-key no is no host key policy"},
           {{"--target", url(), "--jump", "@"}, "--jump @ is no jump host"},
           {{"--target", url(), "--identity", "/no/such/key"}, "--identity /no/such/key: there is no such file"}}) {
    std::vector<std::string> all{harness(), "run", lab_plan()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const auto ended = Program(all, folder.path(), environment).end();
    EXPECT_EQ(ended.code, 2);
    EXPECT_THAT(ended.err, HasSubstr(words));
  }
}

}  // namespace
}  // namespace mqtts::e2e
