// What the embedded host tells of its broker's protection: hardened, and weakened in each point.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "harness/brokers/mosquitto_password_file.h"
#include "harness/wire/probe_connection.h"
#include "tests/remote/ssh_world.h"
#include "tests/support/lab_material.h"

namespace mqtts::remote {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class Security : public SshWorld {
 protected:
  void SetUp() override {
    SshWorld::SetUp();
    place = folder() / "protected";
    std::filesystem::create_directories(place);
    // So that a mode alone decides: every folder above is open.
    for (auto above = place; above != above.root_path(); above = above.parent_path())
      if (above.string().starts_with(folder().string())) chmod(above.c_str(), 0755);
    put("ca.crt", read_file(material.ca.file), 0644);
    put("server.crt", read_file(material.server.certificate.file), 0644);
    put("server.key", read_file(material.server.key.file), 0600);
    put("passwd", "alice:" + brokers::pbkdf2_hash("secret-of-alice", "0123456789ab", 210'000) + "\n", 0600);
    put("acl", "user alice\ntopic readwrite lab/#\n", 0644);
    target.broker.home = place;
    broker = std::make_unique<SshBrokerHost>(opener(), target.broker);
  }

  void put(const std::string& name, const std::string& content, mode_t mode) const {
    write_file(place / name, content);
    chmod((place / name).c_str(), mode);
  }
  std::string at(const std::string& name) const { return (place / name).string(); }

  std::string hardened() const {
    return "allow_anonymous false\npassword_file " + at("passwd") + "\nacl_file " + at("acl") + "\nlistener " +
           target.broker.tls_listener + "\ncafile " + at("ca.crt") + "\ncertfile " + at("server.crt") + "\nkeyfile " +
           at("server.key") + "\nrequire_certificate true\n";
  }

  // Starts the broker with these lines, and looks.
  Facts look(const std::string& lines) {
    StageSetup setup{"hardened", {}, configuration(lines), {}};
    const auto applied = take_and_apply(*broker, setup, soon());
    EXPECT_TRUE(applied) << told(applied.error());
    return look_again();
  }
  Facts look_again() {
    auto another = std::make_unique<SshBrokerHost>(opener(), target.broker);
    auto seen = another->look(soon());
    EXPECT_TRUE(seen) << told(seen.error());
    if (!seen) return {};
    story.clear();
    for (const auto& line : seen->evidence) story += to_english(line.message) + line.text + "\n";
    for (const auto& [name, value] : seen->facts) story += name + " = " + to_text(value) + "\n";
    return seen->facts;
  }

  static std::vector<std::string> texts(const Facts& facts, const std::string& name) {
    const auto found = facts.find(name);
    if (found == facts.end()) return {"absent"};
    const auto* list = std::get_if<std::vector<std::string>>(&found->second);
    return list == nullptr ? std::vector<std::string>{to_text(found->second)} : *list;
  }

  static std::string dynamic_security() {
    for (const auto* folder : {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"})
      if (const auto file = std::string(folder) + "/mosquitto_dynamic_security.so"; std::filesystem::exists(file))
        return file;
    return {};
  }

  void log_in() const {
    const Client nobody{.address = "127.0.0.1", .port = target.mqtt.plain_port, .name = "127.0.0.1"};
    ASSERT_TRUE(wire::probe_connection(nobody, soon()));
  }

  test::LabMaterial material;
  std::filesystem::path place;
  std::unique_ptr<SshBrokerHost> broker;
  std::string story;
};

TEST_F(Security, of_a_hardened_broker) {
  const auto facts = look(hardened());
  for (const auto* name : {"host.keys_exposed", "host.password_files_exposed", "host.dynsec_files_exposed",
                           "host.weak_password_hashes", "host.ca_keys", "host.log_secrets"})
    EXPECT_THAT(texts(facts, name), IsEmpty()) << name << "\n" << story;
  EXPECT_THAT(texts(facts, "host.keys_checked"), ElementsAre("1"));
  EXPECT_THAT(texts(facts, "host.password_files_checked"), ElementsAre("1"));
  EXPECT_THAT(texts(facts, "host.password_hashes_checked"), ElementsAre("1"));
  // As root the embedded host's broker keeps root's rights, and says so.
  const bool is_root = geteuid() == 0;
  EXPECT_THAT(texts(facts, "host.broker_is_root"), ElementsAre(is_root ? "true" : "false"));
  if (is_root)
    EXPECT_THAT(texts(facts, "host.lint"), ElementsAre(HasSubstr("keeps the rights of root"))) << story;
  else
    EXPECT_THAT(texts(facts, "host.lint"), IsEmpty()) << story;
  EXPECT_THAT(story, Not(HasSubstr("PRIVATE KEY")));
  EXPECT_THAT(story, Not(HasSubstr("secret-of-alice")));
  EXPECT_THAT(story, Not(HasSubstr("$7$")));
}

TEST_F(Security, tells_files_that_others_may_read) {
  put("server.key", read_file(material.server.key.file), 0644);
  put("passwd", "alice:" + brokers::pbkdf2_hash("secret-of-alice", "0123456789ab", 101) + "\nbob:hunter2\n", 0644);
  const auto facts = look(hardened());
  EXPECT_THAT(texts(facts, "host.keys_exposed"), ElementsAre(HasSubstr("server.key (0644"))) << story;
  EXPECT_THAT(texts(facts, "host.password_files_exposed"), ElementsAre(HasSubstr("every user may read it"))) << story;
  EXPECT_THAT(texts(facts, "host.weak_password_hashes"),
              ElementsAre("alice: PBKDF2 with HMAC-SHA-512, 101 rounds", "bob: no hash, the password itself"))
      << story;
  EXPECT_THAT(story, Not(HasSubstr("hunter2")));
  chmod(place.c_str(), 0700);
  const auto closed = look_again();
  EXPECT_THAT(texts(closed, "host.keys_exposed"), IsEmpty()) << "nobody enters the folder\n" << story;
}

TEST_F(Security, tells_accounts_of_dynamic_security_that_others_may_read) {
  const auto plugin = dynamic_security();
  if (plugin.empty()) GTEST_SKIP() << "this machine's Mosquitto has no plug-in for dynamic security";
  const auto lines = hardened() + "plugin " + plugin + "\nplugin_opt_config_file " + at("dynamic.json") + "\n";
  put("dynamic.json", R"({"clients":[{"username":"admin","password":"aGFzaA==","salt":"c2FsdA==","iterations":101}]})",
      0644);
  const auto facts = look(lines);
  EXPECT_THAT(texts(facts, "host.dynsec_files_exposed"), ElementsAre(HasSubstr("dynamic.json (0644"))) << story;
  EXPECT_THAT(texts(facts, "host.weak_password_hashes"),
              Contains(at("dynamic.json") + ": PBKDF2 with HMAC-SHA-512, 101 rounds"));
  chmod((place / "dynamic.json").c_str(), 0600);
  EXPECT_THAT(texts(look_again(), "host.dynsec_files_exposed"), IsEmpty()) << story;
}

TEST_F(Security, tells_the_key_of_a_ca_beside_its_certificate) {
  put("kept for later", read_file(material.ca_key().file), 0600);
  EXPECT_THAT(texts(look(hardened()), "host.ca_keys"),
              ElementsAre(StartsWith(at("kept for later") + ": the key of the CA of ")))
      << story;
}

TEST_F(Security, tells_mistakes_in_the_configuration_with_file_and_line) {
  auto facts = look(hardened() + "listener " + target.broker.plain_listener + "\nallow_anonymous true\n");
  EXPECT_THAT(texts(facts, "host.lint"),
              Contains(StartsWith(target.broker.configuration_path + ":")).Times(::testing::Ge(1)))
      << story;
  EXPECT_THAT(texts(facts, "host.lint"), Contains(HasSubstr("`allow_anonymous true` opens every listener"))) << story;
}

TEST_F(Security, is_silent_about_a_configuration_that_the_broker_has_not_read) {
  look(hardened());
  struct timespec later[2] = {{.tv_sec = time(nullptr) + 100, .tv_nsec = 0},
                              {.tv_sec = time(nullptr) + 100, .tv_nsec = 0}};
  utimensat(AT_FDCWD, target.broker.configuration_path.c_str(), later, 0);
  const auto facts = look_again();
  for (const auto* name :
       {"host.keys_exposed", "host.password_files_exposed", "host.weak_password_hashes", "host.ca_keys"})
    EXPECT_THAT(texts(facts, name), ElementsAre("absent")) << name << "\n" << story;
  EXPECT_THAT(story, HasSubstr("restart it"));
}

TEST_F(Security, is_silent_where_a_folder_of_the_configuration_is_closed) {
  if (geteuid() == 0) GTEST_SKIP() << "root reads everything";
  std::filesystem::create_directory(place / "conf.d");
  look(hardened() + "include_dir " + at("conf.d") + "\n");
  chmod(at("conf.d").c_str(), 0);
  EXPECT_THAT(texts(look_again(), "host.lint"), ElementsAre("absent")) << story;
  chmod(at("conf.d").c_str(), 0755);
  EXPECT_THAT(texts(look_again(), "host.lint"), IsEmpty()) << story;
}

TEST_F(Security, tells_what_the_log_records) {
  const auto open = "listener " + target.broker.plain_listener + "\nallow_anonymous ";
  look(open + "true\n");
  log_in();
  EXPECT_THAT(texts(look_again(), "host.log_records_logins"), ElementsAre("true")) << story;
  EXPECT_THAT(texts(look(open + "false\n"), "host.log_records_refusals"), ElementsAre("absent")) << story;
  log_in();
  EXPECT_THAT(texts(look_again(), "host.log_records_refusals"), ElementsAre("true")) << story;
  EXPECT_THAT(texts(look(open + "true\nlog_timestamp false\n"), "host.log_records_logins"), ElementsAre("false"))
      << story;
}

TEST_F(Security, tells_secrets_in_the_log_by_their_line_alone) {
  look(hardened());
  write_file(target.broker.log_path,
             "1: good\n2: user?password=hunter2&x\n3: -----BEGIN PRIVATE KEY-----\n"
             "4: eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln\n5: password_file /p\n");
  EXPECT_THAT(texts(look_again(), "host.log_secrets"),
              ElementsAre("key in line 3", "password in line 2", "token in line 4"))
      << story;
  EXPECT_THAT(story, Not(HasSubstr("hunter2")));
}

TEST_F(Security, tells_whose_program_it_is_and_which_ports_are_open) {
  const auto facts = look(hardened());
  EXPECT_TRUE(facts.contains("host.version")) << story;
  EXPECT_TRUE(facts.contains("host.open_ports")) << story;
  const auto& open = texts(facts, "host.open_ports");
  EXPECT_THAT(open, Not(Contains(HasSubstr(std::to_string(target.mqtt.tls_port))))) << "it listens on loopback alone";
}

TEST_F(Security, of_a_host_without_a_running_broker_is_not_well) {
  auto shell = opener()(soon());
  ASSERT_TRUE(shell && (*shell)->run(target.broker.stop_command, soon()));
  ASSERT_FALSE(our_broker_runs());
  const auto facts = look_again();
  for (const auto* name : {"host.keys_exposed", "host.weak_password_hashes", "host.ca_keys", "host.broker_is_root",
                           "host.known_flaws", "host.log_records_logins"})
    EXPECT_THAT(texts(facts, name), ElementsAre("absent")) << name << "\n" << story;
}

TEST_F(Security, changes_nothing) {
  look(hardened());
  const auto listing = [&] {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder())) {
      struct stat facts {};
      if (lstat(entry.path().c_str(), &facts) != 0 || entry.path().string().ends_with(".log")) continue;
      all += fmt::format("{} {:o} {} {}\n", entry.path().string(), facts.st_mode, facts.st_size, facts.st_mtim.tv_nsec);
    }
    return all;
  };
  const auto before = listing();
  look_again();
  EXPECT_EQ(listing(), before);
}

}  // namespace
}  // namespace mqtts::remote
