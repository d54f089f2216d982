// Doctor on an embedded host, sound and ill.
#include <unistd.h>

#include <algorithm>
#include <map>

#include "harness/doctor/collect_facts.h"
#include "harness/doctor/findings.h"
#include "tests/pki/support.h"
#include "tests/remote/embedded.h"

namespace mqtts::doctor {

using remote::read_file;
using remote::read_target;
using remote::told;
using remote::write_file;
using test::soon;
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class Doctor : public remote::OnEmbeddedHost {
 protected:
  void start_sound_broker() {
    write_file(target.broker.configuration_path, open_stage().configuration);
    start_broker();
  }

  ssh::ShellOutput on_host(const std::string& script) {
    auto shell = opener()(soon());
    if (!shell) throw std::runtime_error(told(shell.error()));
    auto output = (*shell)->run(script, soon());
    if (!output) throw std::runtime_error(told(output.error()));
    return *output;
  }

  void add_to_configuration(const std::string& lines) {
    std::ofstream(target.broker.configuration_path, std::ios::app) << lines;
  }

  std::string in_home(const std::string& name) const { return target.broker.home + "/" + name; }

  // All findings of a fresh look, told in one text for the failing test.
  void look() {
    seen = observe(target, 5s, soon());
    all = findings(target, seen);
  }

  Finding only(const std::string& id) const {
    const auto found = std::ranges::find(all, id, &Finding::id);
    return found == all.end() ? Finding{"no " + id, {}, {}} : *found;
  }

  std::string text() const {
    std::string lines;
    for (const auto& each : all)
      lines += fmt::format("{} {}: {} / {} / {}\n", each.id, static_cast<int>(each.state), to_english(each.sentence),
                           to_english(each.fix), each.detail);
    return lines;
  }

  Facts seen;
  Findings all;
};

// The path, mode and content of everything in a folder but the two servers' logs, which tell of every connection.
std::map<std::string, std::string> everything_in(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto path = entry.path().string();
    if (path.ends_with(".log")) continue;
    files[path] = fmt::format("{} {}", static_cast<int>(entry.symlink_status().permissions()),
                              entry.is_regular_file() ? read_file(path) : "");
  }
  return files;
}

TEST_F(Doctor, finds_nothing_to_mend_on_a_sound_host) {
  start_sound_broker();
  look();
  for (const auto& each : all) EXPECT_TRUE(each.state == State::fine || each.id == "firewall") << text();
  ASSERT_TRUE(seen.facts);
  EXPECT_EQ(only("service").state, State::fine);
  EXPECT_FALSE(seen.facts->version.empty());
  EXPECT_EQ(seen.facts->broker_ports, std::vector<std::uint16_t>{target.mqtt.plain_port});
  EXPECT_EQ(exit_code(target, seen, all), 0) << text();
}

TEST_F(Doctor, changes_nothing) {
  start_sound_broker();
  const auto folder = fs::path(host->target_file()).parent_path();
  const auto before = everything_in(folder);
  const auto process = read_file(target.broker.pid_file);
  look();
  EXPECT_EQ(everything_in(folder), before);
  EXPECT_EQ(read_file(target.broker.pid_file), process);
}

TEST_F(Doctor, a_host_on_which_nothing_was_done_yet_needs_no_mending) {
  look();
  EXPECT_EQ(only("configuration").state, State::warning) << text();
  EXPECT_EQ(only("service").state, State::warning) << text();
  EXPECT_EQ(exit_code(target, seen, all), 0) << text();
}

TEST_F(Doctor, a_broker_that_is_down) {
  start_sound_broker();
  on_host(target.broker.stop_command);
  look();
  EXPECT_EQ(only("service").state, State::broken) << text();
  EXPECT_EQ(only("plain-port").state, State::not_looked_at) << text();
  EXPECT_EQ(exit_code(target, seen, all), 1);
  const auto command = only("service").fix.args.at("command");
  EXPECT_EQ(on_host(command).status, 0) << command;
  look();
  EXPECT_EQ(only("service").state, State::fine) << "the fix that was told mends it\n" << text();
}

TEST_F(Doctor, a_listener_of_the_configuration_that_does_not_listen) {
  start_sound_broker();
  add_to_configuration("listener " + target.broker.tls_listener + "\n");
  look();
  EXPECT_EQ(only("tls-port").state, State::broken) << text();
}

TEST_F(Doctor, certificates_by_their_dates_and_files_that_are_missing) {
  start_sound_broker();
  const auto lab = pki::authority("/CN=Lab CA");
  const auto old = pki::signed_by(lab, {.subject = "/CN=old", .validity = {-48h, -24h}});
  write_file(in_home("old.crt"), pki::to_pem(*old.certificate));
  write_file(in_home("ca.crt"), pki::to_pem(*lab.certificate));
  add_to_configuration(
      fmt::format("certfile {}\ncafile {}\nkeyfile {}\n", in_home("old.crt"), in_home("ca.crt"), in_home("gone.key")));
  look();
  ASSERT_EQ(seen.facts->files.size(), 3u) << text();
  for (const auto& each : all) {
    const auto sentence = to_english(each.sentence);
    if (!sentence.starts_with("certfile") && !sentence.starts_with("cafile") && !sentence.starts_with("keyfile"))
      continue;
    EXPECT_EQ(each.state, sentence.starts_with("cafile") ? State::fine : State::broken) << sentence;
  }
}

TEST_F(Doctor, a_key_that_cannot_be_read_once_privileges_are_dropped) {
  if (geteuid() != 0) GTEST_SKIP() << "only root's broker drops privileges";
  write_file(target.broker.configuration_path, "user nobody\nkeyfile " + in_home("server.key") + "\n");
  write_file(in_home("server.key"), "secret");
  fs::permissions(in_home("server.key"), fs::perms::owner_read);
  look();
  EXPECT_EQ(seen.facts->reader, "nobody");
  EXPECT_EQ(only("key").state, State::broken) << text();
  EXPECT_FALSE(seen.facts->files.at(0).blocked.empty()) << "the host's folder is private";
}

TEST_F(Doctor, secrets_stay_on_the_host) {
  const auto lab = pki::authority("/CN=Lab CA");
  const auto certificate = pki::to_pem(*lab.certificate);
  const auto key = pki::to_pem(*lab.key);
  write_file(in_home("both.pem"), key + certificate);
  write_file(target.broker.configuration_path,
             "certfile " + in_home("both.pem") + "\nremote_password hunter2\nkeyfile " + in_home("both.pem") + "\n");
  const auto output = on_host(remote::facts_script({target.broker, {}}));
  EXPECT_EQ(output.status, 0) << output.err;
  EXPECT_EQ(output.out.find("hunter2"), std::string::npos);
  EXPECT_EQ(output.out.find(key.substr(30, 40)), std::string::npos);
  const auto facts = remote::parse_facts(output.out);
  ASSERT_TRUE(facts) << output.out;
  ASSERT_EQ(facts->files.size(), 2u) << output.out;
  EXPECT_EQ(facts->files[0].pem, certificate);
  EXPECT_TRUE(facts->files[1].pem.empty());
}

TEST_F(Doctor, a_journal_that_was_left_is_seen) {
  const auto ask = [&] {
    const auto facts = remote::parse_facts(on_host(remote::facts_script({target.broker, in_home("journal")})).out);
    return facts ? facts->journal : std::nullopt;
  };
  EXPECT_EQ(ask(), remote::Answer::no);
  fs::create_directory(in_home("journal"));
  EXPECT_EQ(ask(), remote::Answer::no);
  write_file(in_home("journal/1"), "");
  EXPECT_EQ(ask(), remote::Answer::yes);
}

TEST_F(Doctor, a_changed_and_an_unknown_host_key) {
  auto other = targets::EmbeddedHost::start(soon());
  ASSERT_TRUE(other);
  const auto key = read_file(read_target(other->target_file()).ssh->known_hosts_file);
  for (const auto& known : {fmt::format("[127.0.0.1]:{}{}", ssh().port, key.substr(key.find(' '))), std::string()}) {
    write_file(ssh().known_hosts_file, known);
    look();
    EXPECT_EQ(only("ssh-protocol").state, State::fine) << text();
    EXPECT_EQ(only("host-key").state, State::broken) << text();
    EXPECT_EQ(only("login").state, State::not_looked_at) << text();
    EXPECT_EQ(only("service").state, State::not_looked_at) << text();
    EXPECT_EQ(exit_code(target, seen, all), 1) << text();
  }
}

TEST_F(Doctor, a_login_that_is_refused_and_a_key_of_ours_that_is_missing) {
  for (const auto* file : {"/ssh/host_key", "/nothing"}) {
    ssh().identity_files = {fs::path(host->target_file()).parent_path().string() + file};
    look();
    EXPECT_EQ(only("host-key").state, State::fine) << text();
    EXPECT_EQ(only("login").state, State::broken) << text();
    EXPECT_EQ(only("shell").state, State::not_looked_at) << text();
  }
}

TEST_F(Doctor, nothing_on_the_ssh_port_or_another_server) {
  start_sound_broker();
  const auto port = ssh().port;
  ssh().port = target.mqtt.tls_port;
  look();
  EXPECT_EQ(only("ssh-name").state, State::fine) << text();
  EXPECT_EQ(only("ssh-port").state, State::broken) << text();
  EXPECT_EQ(exit_code(target, seen, all), 3) << text();
  ssh().port = target.mqtt.plain_port;
  look();
  EXPECT_EQ(only("ssh-port").state, State::fine) << text();
  EXPECT_EQ(only("ssh-protocol").state, State::broken) << text();
  EXPECT_EQ(exit_code(target, seen, all), 3) << text();
  ssh().port = port;
  ssh().host = "no-such-host.invalid";
  look();
  EXPECT_EQ(only("ssh-name").state, State::broken) << text();
  EXPECT_EQ(exit_code(target, seen, all), 3) << text();
}

TEST_F(Doctor, our_own_materials) {
  const pki::TemporaryFolder folder;
  const auto lab = pki::authority("/CN=Lab CA");
  const auto other = pki::authority("/CN=Other");
  target.materials.ca = folder.write("ca.crt", pki::to_pem(*lab.certificate));
  target.materials.ca_key = folder.write("ca.key", pki::to_pem(*lab.key));
  target.materials.accounts["u"] = {.password_file = folder.write("pw", "secret\n")};
  look();
  EXPECT_EQ(only("materials").state, State::fine) << text();
  folder.write("ca.key", pki::to_pem(*other.key));
  folder.write("pw", "\n");
  target.materials.identities["x"] = {folder / "none.crt", folder / "none.key"};
  look();
  EXPECT_EQ(seen.materials_trouble.size(), 3u) << text();
  EXPECT_EQ(only("materials").state, State::broken) << text();
  EXPECT_EQ(text().find("secret"), std::string::npos);
}

TEST_F(Doctor, materials_on_the_brokers_host_are_not_looked_for_here) {
  target.materials.ca = "host:/ca.crt";
  target.materials.ca_key = "host:/ca.key";
  target.materials.identities["x"] = {"host:/x.crt", "host:/x.key"};
  target.materials.accounts["u"] = {.password_file = "host:/pw"};
  look();
  EXPECT_EQ(seen.materials, 0);
  EXPECT_EQ(seen.materials_on_host, 3);
  EXPECT_TRUE(seen.materials_trouble.empty()) << text();
  EXPECT_EQ(only("materials").state, State::fine) << text();
}

}  // namespace
}  // namespace mqtts::doctor
