#include "harness/targets/load_target.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/plan/schemas.h"
#include "tests/support/schema_check.h"

namespace mqtts::targets {
namespace {

constexpr std::string_view full = R"({
  "$schema": "target.schema.json",
  "schema": "mqtts-harness/target/v1",
  "name": "student-07",
  "mqtt": { "host": "192.0.2.7", "tls_port": 8884, "plain_port": 1884 },
  "ssh": { "host": "192.0.2.8", "port": 2222, "user": "vagrant", "identity_file": "id", "known_hosts_file": "../known" },
  "broker": { "profile": "mosquitto" },
  "materials": {
    "ca": "ca.crt", "ca_key": "/abs/ca.key",
    "identities": { "userclient": { "certificate": "client.crt", "key": "client.key" } },
    "accounts": { "userclient": { "password_file": "userclient.pw" }, "userbroker": { "password_env": "PW" } }
  }
})";

std::string target_with(const std::string& from, const std::string& to) {
  std::string text(full);
  return text.replace(text.find(from), from.size(), to);
}

std::string faults_of_target(const LoadedTarget& loaded) {
  std::string all;
  for (const auto& problem : loaded.problems)
    all += std::to_string(problem.line) + ":" + std::to_string(problem.column) + ": " + to_english(problem.message);
  return all;
}

TEST(target, is_read_whole_and_its_paths_are_meant_from_its_folder) {
  EXPECT_TRUE(test::schema_allows(plan::target_schema(), full));
  const auto loaded = parse_target(full, "/lab/targets/t.json");
  ASSERT_TRUE(loaded.target) << faults_of_target(loaded);
  const auto& target = *loaded.target;
  EXPECT_EQ(target.name, "student-07");
  EXPECT_EQ(target.mqtt.host, "192.0.2.7");
  EXPECT_EQ(target.mqtt.tls_port, 8884);
  EXPECT_EQ(target.ssh->port, 2222);
  EXPECT_EQ(target.ssh->identity_files, std::vector<std::string>{"/lab/targets/id"});
  EXPECT_EQ(target.ssh->known_hosts_file, "/lab/known");
  EXPECT_EQ(target.materials.ca, "/lab/targets/ca.crt");
  EXPECT_EQ(target.materials.ca_key, "/abs/ca.key");
  EXPECT_EQ(target.materials.identities.at("userclient").key_file, "/lab/targets/client.key");
  EXPECT_EQ(target.materials.accounts.at("userclient").password_file, "/lab/targets/userclient.pw");
  EXPECT_EQ(target.materials.accounts.at("userbroker").password_env, "PW");
}

TEST(target, says_ports_of_websocket_where_there_are_any) {
  EXPECT_EQ(parse_target(full, "/t.json").target->mqtt.websocket_port, 0);
  const auto text = target_with(
      R"("tls_port": 8884)", R"("websocket_port": 9001, "secure_websocket_port": 9002, "websocket_path": "/ws")");
  EXPECT_TRUE(test::schema_allows(plan::target_schema(), text));
  const auto loaded = parse_target(text, "/t.json");
  ASSERT_TRUE(loaded.target) << faults_of_target(loaded);
  EXPECT_EQ(loaded.target->mqtt.websocket_port, 9001);
  EXPECT_EQ(loaded.target->mqtt.secure_websocket_port, 9002);
  EXPECT_EQ(loaded.target->mqtt.websocket_path, "/ws");
  EXPECT_EQ(parse_target(full, "/t.json").target->mqtt.websocket_path, "/mqtt");
  const auto bad = target_with(R"("tls_port": 8884)", R"("websocket_path": "ws")");
  EXPECT_NE(faults_of_target(parse_target(bad, "/t.json")).find("\"ws\" is no path of a WebSocket"), std::string::npos);
}

TEST(target, stands_for_debians_package_unless_it_says_otherwise) {
  for (const auto& text : {std::string(full), target_with(R"("broker": { "profile": "mosquitto" },)", "")}) {
    const auto broker = parse_target(text, "/t.json").target->broker;
    EXPECT_EQ(broker.stop_command, "systemctl stop mosquitto");
    EXPECT_EQ(broker.start_command, "systemctl reset-failed mosquitto 2>/dev/null; systemctl start mosquitto");
    EXPECT_EQ(broker.name, "mosquitto");
    EXPECT_TRUE(broker.sudo);
    EXPECT_EQ(broker.home, "/home/vagrant");
    EXPECT_EQ(broker.plain_listener, "1884");
    EXPECT_EQ(broker.tls_listener, "8884");
    EXPECT_EQ(broker.base,
              (std::vector<std::string>{"pid_file /run/mosquitto/mosquitto.pid", "persistence false",
                                        "log_dest file /var/log/mosquitto/mosquitto.log", "log_type all"}));
  }
  const auto roots = parse_target(target_with("\"vagrant\"", "\"root\""), "/t.json").target->broker;
  EXPECT_EQ(roots.home, "/etc/mosquitto");
  EXPECT_FALSE(roots.sudo);
}

TEST(target, can_override_each_part_of_the_profile) {
  const auto loaded = parse_target(
      target_with(R"({ "profile": "mosquitto" })",
                  R"({ "profile": "mosquitto", "configuration": "/c", "log": "/l", "pid_file": "/p", "user": "u",
                    "home": "/h", "root": "/r", "plain_listener": "1 127.0.0.1", "tls_listener": "2 127.0.0.1",
                    "base": ["x y"], "stop": "kill ${PID}", "start": "go", "sudo": false })"),
      "/t.json");
  ASSERT_TRUE(loaded.target) << faults_of_target(loaded);
  const auto& broker = loaded.target->broker;
  EXPECT_EQ(broker.configuration_path + broker.log_path + broker.pid_file + broker.user, "/c/l/pu");
  EXPECT_EQ(broker.home + broker.root, "/h/r");
  EXPECT_EQ(broker.plain_listener + "|" + broker.tls_listener, "1 127.0.0.1|2 127.0.0.1");
  EXPECT_EQ(broker.base, std::vector<std::string>{"x y"});
  EXPECT_EQ(broker.stop_command, "kill ${PID}");
  EXPECT_EQ(broker.start_command, "go");
  EXPECT_FALSE(broker.sudo);
}

TEST(target, may_be_given_another_profile_than_its_own) {
  const auto text = target_with(R"("profile": "mosquitto")", R"("profile": "mosquitto", "log": "/l")");
  const auto loaded = parse_target(text, "/t.json", "mosquitto-service");
  ASSERT_TRUE(loaded.target) << faults_of_target(loaded);
  EXPECT_EQ(loaded.target->broker.name, "mosquitto-service");
  EXPECT_EQ(loaded.target->broker.log_path, "/l");
  EXPECT_EQ(faults_of_target(parse_target(text, "/t.json", "mosquitto-sevice")),
            "7:26: there is no broker profile \"mosquitto-sevice\"; did you mean \"mosquitto-service\"?");
}

TEST(target, has_a_base_that_follows_its_log_and_pid_file) {
  const auto loaded =
      parse_target(target_with(R"("profile": "mosquitto")", R"("profile": "mosquitto", "log": "/l")"), "/t");
  EXPECT_THAT(loaded.target->broker.base, testing::Contains("log_dest file /l"));
}

TEST(target, may_name_several_keys_an_agent_a_jump_and_a_policy_for_the_host_key) {
  const auto text = target_with(R"("identity_file": "id",)",
                                R"("identity_file": ["a", "/b"], "agent": true, "host_key": "accept-new",
                                "jump": "me@[::1]:2222",)");
  EXPECT_TRUE(test::schema_allows(plan::target_schema(), text));
  const auto loaded = parse_target(text, "/lab/targets/t.json");
  ASSERT_TRUE(loaded.target) << faults_of_target(loaded);
  const auto& ssh = *loaded.target->ssh;
  EXPECT_EQ(ssh.identity_files, (std::vector<std::string>{"/lab/targets/a", "/b"}));
  EXPECT_TRUE(ssh.agent);
  EXPECT_EQ(ssh.host_key, HostKeyPolicy::accept_new);
  EXPECT_EQ(ssh.jump->user + ssh.jump->host + std::to_string(ssh.jump->port), "me::12222");
  const auto plain = parse_target(full, "/t.json").target->ssh;
  EXPECT_FALSE(plain->agent);
  EXPECT_EQ(plain->host_key, HostKeyPolicy::strict);
  EXPECT_FALSE(plain->jump);
}

TEST(target, needs_no_key_file_with_an_agent_and_no_known_hosts_with_a_fingerprint) {
  const auto text = target_with(R"("identity_file": "id", "known_hosts_file": "../known")",
                                R"("agent": true, "host_key": "SHA256:Rzj1Ei8xkWmVUpvVCXKnxTRxWVTVpVYuAJdWcVAPiXM")");
  EXPECT_TRUE(test::schema_allows(plan::target_schema(), text));
  const auto loaded = parse_target(text, "/t.json");
  ASSERT_TRUE(loaded.target) << faults_of_target(loaded);
  EXPECT_TRUE(loaded.target->ssh->identity_files.empty());
  EXPECT_EQ(loaded.target->ssh->host_key, HostKeyPolicy::pinned);
}

TEST(target, may_hold_the_password_of_sudo_in_a_file) {
  const auto text =
      target_with(R"("profile": "mosquitto")", R"("profile": "mosquitto", "sudo_password_file": "sudo.pw")");
  EXPECT_TRUE(test::schema_allows(plan::target_schema(), text));
  const auto loaded = parse_target(text, "/lab/t.json");
  ASSERT_TRUE(loaded.target) << faults_of_target(loaded);
  EXPECT_EQ(loaded.target->ssh->sudo_password_file, "/lab/sudo.pw");
}

TEST(target, may_have_its_material_on_the_brokers_host) {
  std::string text(full);
  for (const auto& [from, to] : {std::pair("ca.crt", "host:/h/ca.crt"),
                                 {"/abs/ca.key", "host:/h/ca.key"},
                                 {"client.crt", "host:/h/c.crt"},
                                 {"client.key", "host:/h/c.key"},
                                 {"userclient.pw", "host:/h/pw"}})
    text.replace(text.find(from), std::strlen(from), to);
  EXPECT_TRUE(test::schema_allows(plan::target_schema(), text));
  const auto loaded = parse_target(text, "/lab/t.json");
  ASSERT_TRUE(loaded.target) << faults_of_target(loaded);
  const auto& materials = loaded.target->materials;
  EXPECT_EQ(materials.ca, "host:/h/ca.crt");
  EXPECT_EQ(materials.ca_key, "host:/h/ca.key");
  EXPECT_EQ(materials.identities.at("userclient").certificate_file, "host:/h/c.crt");
  EXPECT_EQ(materials.identities.at("userclient").key_file, "host:/h/c.key");
  EXPECT_EQ(materials.accounts.at("userclient").password_file, "host:/h/pw");
}

TEST(target, needs_a_way_in_to_material_on_the_brokers_host) {
  EXPECT_EQ(faults_of_target(parse_target(R"({"schema": "mqtts-harness/target/v1", "name": "x", "mqtt": {"host": "::1"},
 "materials": {"ca": "host:/ca.crt"}})",
                                          "/t.json")),
            "2:22: \"host:/ca.crt\" is fetched from the broker's host, and this target says nothing of \"ssh\"");
}

struct TargetFault {
  std::string good;
  std::string bad;
  std::string told;
  bool schema_finds_it;
};

TEST(target, is_told_of_each_fault_at_its_place) {
  const TargetFault faults[] = {
      {R"("host": "192.0.2.7", )", "", "5:11: \"host\" is missing here", true},
      {R"("tls_port")", R"("tlsport")", "5:34: unknown key \"tlsport\"; did you mean \"tls_port\"?", true},
      {"8884", "0", "5:46: \"tls_port\" must be a whole number from 1 to 65535", true},
      {R"("identity_file": "id", )", "", "6:10: \"identity_file\" is missing here", true},
      {R"("identity_file": "id", )", R"("agent": false, )", "6:10: \"identity_file\" is missing here", true},
      {R"("identity_file": "id")", R"("identity_file": [])",
       "6:83: \"identity_file\" is an empty list: name a key, or leave it out with \"agent\": true", true},
      {R"("identity_file": "id")", R"("identity_file": ["~/id"])",
       "6:84: \"~/id\": \"~\" is not expanded here: write the whole path", true},
      {R"("identity_file": "id")", R"("identity_file": [1])", "6:84: \"identity_file\" must be a list of texts", true},
      {R"("known_hosts_file": "../known")", R"("host_key": "accept-new")", "6:10: \"known_hosts_file\" is missing here",
       true},
      {R"("known_hosts_file")", R"("host_key": "no", "known_hosts_file")",
       "6:101: \"no\" is no host key policy: it is \"strict\", \"accept-new\", or a fingerprint, \"SHA256:\" and 43 "
       "letters",
       true},
      {R"("known_hosts_file")", R"("jump": "gateway", "known_hosts_file")",
       "6:97: \"gateway\" is no jump host: one is written as \"user@host\" or \"user@host:port\"", false},
      {R"({ "profile": "mosquitto" })", R"({ "profile": "mosquitto", "sudo_password_file": "" })",
       "7:61: \"sudo_password_file\" must not be empty", true},
      {R"("profile": "mosquitto")", R"("profile": "rabbitmq")",
       "7:26: there is no broker profile \"rabbitmq\"; known: mosquitto, mosquitto-bare, mosquitto-service, and files "
       "whose names end in .json",
       true},
      {R"("profile": "mosquitto")", R"("profile": "mosquito-bare")",
       "7:26: there is no broker profile \"mosquito-bare\"; did you mean \"mosquitto-bare\"?", true},
      {R"({ "profile": "mosquitto" })", R"({ "profile": "mosquitto", "start": [] })",
       "7:48: \"start\" must not be empty", true},
      {R"({ "profile": "mosquitto" })", R"({ "profile": "mosquitto", "home": "here" })",
       "7:47: \"here\" is no absolute path on the broker's host", true},
      {R"("ca": "ca.crt")", R"("ca": "host:ca.crt")",
       "9:11: \"host:ca.crt\" is no absolute path on the broker's host: it is written as \"host:/home/vagrant/ca.crt\"",
       true},
      {R"("identity_file": "id")", R"("identity_file": "host:/id")",
       "6:83: \"host:/id\" lies on the broker's host, and this file is only taken from this machine: copy it here and "
       "write its path",
       true},
      {R"("ca": "ca.crt", )", "", "9:15: \"ca_key\" is of no use without \"ca\"", true},
      {R"("certificate": "client.crt", )", "", "10:35: \"certificate\" is missing here", true},
      {R"("key": "client.key")", R"("key": "~/client.key")",
       "10:73: \"~/client.key\": \"~\" is not expanded here: write the whole path", true},
      {R"("password_env": "PW")", R"("password_env": "PW", "password_file": "x")",
       "11:85: an account must have exactly one of \"password_file\" and \"password_env\"", true},
      {"target/v1", "plan/v1",
       "3:13: this file is of schema \"mqtts-harness/plan/v1\"; \"mqtts-harness/target/v1\" is what is read here",
       true},
      {R"("name": "student-07")", R"("name": "a\nb")",
       "4:11: \"a?b\" is no name: a name is made of letters, digits, \".\", \"_\" and \"-\", begins with a letter or "
       "digit, "
       "and has 64 characters at most",
       true},
      {R"("192.0.2.8")", R"("a\u0000b")", "6:20: \"host\" must be one line without control characters", false},
  };
  for (const auto& fault : faults) {
    const auto text = target_with(fault.good, fault.bad);
    EXPECT_EQ(faults_of_target(parse_target(text, "/t.json")), fault.told);
    EXPECT_EQ(test::schema_allows(plan::target_schema(), text), !fault.schema_finds_it) << fault.told;
  }
}

TEST(target, takes_a_comment_in_every_object) {
  const auto text = test::with_comments(full);
  EXPECT_EQ(faults_of_target(parse_target(text, "/t.json")), "");
  EXPECT_EQ(test::schema_says(plan::target_schema(), text), "");
}

TEST(target, may_have_no_way_in) {
  const auto loaded =
      parse_target(R"({"schema": "mqtts-harness/target/v1", "name": "x", "mqtt": {"host": "::1"}})", "t.json");
  ASSERT_TRUE(loaded.target) << faults_of_target(loaded);
  EXPECT_FALSE(loaded.target->ssh);
  EXPECT_EQ(loaded.target->mqtt.tls_port, 8883);
}

TEST(target, cannot_be_read_from_nowhere) {
  EXPECT_EQ(faults_of_target(load_target("/no/such/t.json")),
            "0:0: cannot read /no/such/t.json: No such file or directory");
}

}  // namespace
}  // namespace mqtts::targets
