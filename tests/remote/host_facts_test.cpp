#include "harness/remote/host_facts.h"

#include <gtest/gtest.h>

#include "tests/remote/a_profile.h"

namespace mqtts::remote {
namespace {

const char* const whole_answer =
    "clock 1795558630\n"
    "account root\n"
    "started 1795555030\n"
    "running 4711 3600 mosquitto\n"
    "version 2.0.11\n"
    "program /usr/sbin/mosquitto\n"
    "configuration readable /etc/mosquitto/mosquitto.conf\n"
    "changed 1795550000 /etc/mosquitto/mosquitto.conf\n"
    "line listener 8883\n"
    "line certfile  /a folder/server.crt \n"
    "configuration unknown /etc/mosquitto/conf.d/x.conf\n"
    "reader mosquitto\n"
    "file certfile yes 644 root /a folder/server.crt\n"
    "pem -----BEGIN CERTIFICATE-----\n"
    "pem AA==\n"
    "file keyfile no 600 root /home/v/server.key\n"
    "blocked /home/v\n"
    "changed 1795550001 /home/v/server key\n"
    "changed 12 /home/v/ca.crt\n"
    "public -----BEGIN PUBLIC KEY-----\n"
    "file cafile missing - - /gone\n"
    "file password_file yes 640 root /p\n"
    "accounts\n"
    "name userclient\n"
    "name user b\n"
    "given yes 600 v /home/v/client.key\n"
    "public AA==\n"
    "given missing - - /home/v/client.crt\n"
    "ports of 22B3 075B\n"
    "listens 00000000:22B3\n"
    "listens 0100007F:075B\n"
    "listens 00000000000000000000000001000000:0016\n"
    "listens 0000000000000000FFFF00000100007F:0017\n"
    "listens 00000000000000000000000000000000:0018\n"
    "firewall ufw\n"
    "rule Status: active\n"
    "log missing /var/log/m.log\n"
    "log_writable no\n"
    "folder log yes 2048 /var/log\n"
    "folder journal no - /var/lib/x y\n"
    "home unknown /home/v\n"
    "journal yes\n"
    "end\n";

TEST(Facts, are_read_whole) {
  const auto facts = parse_facts(whole_answer);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->clock, 1795558630);
  EXPECT_EQ(facts->account, "root");
  ASSERT_TRUE(facts->running);
  EXPECT_EQ(facts->running->process_id, 4711);
  EXPECT_EQ(facts->running->seconds, 3600);
  EXPECT_EQ(facts->running->started, 1795555030);
  EXPECT_EQ(facts->running->user, "mosquitto");
  EXPECT_EQ(facts->version, "2.0.11");
  EXPECT_EQ(facts->program, "/usr/sbin/mosquitto");
  EXPECT_EQ(facts->reader, "mosquitto");
  ASSERT_EQ(facts->configuration.size(), 2u);
  EXPECT_EQ(facts->configuration[0].presence, Presence::readable);
  ASSERT_EQ(facts->configuration[0].lines.size(), 2u);
  EXPECT_EQ(facts->configuration[0].lines[1].word, "certfile");
  EXPECT_EQ(facts->configuration[0].lines[1].rest, "/a folder/server.crt");
  EXPECT_EQ(facts->configuration[1].presence, Presence::unknown);
  EXPECT_EQ(facts->changed, 1795550001);
  EXPECT_EQ(facts->newest, "/home/v/server key");
  EXPECT_EQ(facts->broker_ports_known, Answer::yes);
  EXPECT_EQ(facts->broker_ports, (std::vector<std::uint16_t>{8883, 1883}));
  EXPECT_EQ(facts->firewall, FirewallKind::ufw);
  EXPECT_EQ(facts->firewall_rules, std::vector<std::string>{"Status: active"});
  EXPECT_EQ(facts->log, Presence::missing);
  EXPECT_EQ(facts->log_writable, Answer::no);
  EXPECT_EQ(facts->home_open, Answer::unknown);
  EXPECT_EQ(facts->journal, Answer::yes);
}

TEST(Facts, tell_files_with_what_bars_them_and_the_certificates_in_them) {
  const auto files = parse_facts(whole_answer)->files;
  ASSERT_EQ(files.size(), 4u);
  EXPECT_EQ(files[0].path, "/a folder/server.crt");
  EXPECT_EQ(files[0].readable, Answer::yes);
  EXPECT_EQ(files[0].pem, "-----BEGIN CERTIFICATE-----\nAA==\n");
  EXPECT_EQ(files[1].readable, Answer::no);
  EXPECT_EQ(files[1].mode, "600");
  EXPECT_EQ(files[1].owner, "root");
  EXPECT_EQ(files[1].blocked, "/home/v");
  EXPECT_EQ(files[1].public_key, "-----BEGIN PUBLIC KEY-----\n");
  EXPECT_TRUE(files[2].missing);
  EXPECT_FALSE(files[2].accounts);
  EXPECT_EQ(files[3].accounts, (std::vector<std::string>{"userclient", "user b"}));
}

TEST(Facts, tell_the_material_of_the_checks_apart_from_the_brokers_files) {
  const auto given = parse_facts(whole_answer)->given;
  ASSERT_EQ(given.size(), 2u);
  EXPECT_EQ(given[0].path, "/home/v/client.key");
  EXPECT_EQ(given[0].mode, "600");
  EXPECT_EQ(given[0].public_key, "AA==\n");
  EXPECT_TRUE(given[1].missing);
}

TEST(Facts, tell_loopback_from_other_addresses) {
  const auto sockets = parse_facts(whole_answer)->listening;
  ASSERT_EQ(sockets.size(), 5u);
  const bool loopback[] = {false, true, true, true, false};
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(sockets[i].loopback_only, loopback[i]) << sockets[i].port;
}

TEST(Facts, tell_how_much_space_is_free_if_the_host_knows) {
  const auto folders = parse_facts(whole_answer)->folders;
  ASSERT_EQ(folders.size(), 2u);
  EXPECT_TRUE(folders[0].writable);
  EXPECT_EQ(folders[0].free_kib, 2048u);
  EXPECT_FALSE(folders[1].free_kib);
  EXPECT_EQ(folders[1].path, "/var/lib/x y");
}

TEST(Facts, that_are_cut_off_are_an_error_and_not_a_host_without_troubles) {
  const std::string whole = whole_answer;
  for (const auto& part : {std::string(), whole.substr(0, whole.size() - 4), whole.substr(whole.find('\n') + 1)}) {
    const auto facts = parse_facts(part);
    ASSERT_FALSE(facts) << part;
    EXPECT_EQ(facts.error().kind, ErrorKind::remote);
  }
}

TEST(Facts, of_a_hostile_host_do_no_harm) {
  const auto facts = parse_facts(
      "clock 1\nline no file yet\npem nor here\nblocked nor here\nrunning x y z\nlistens :\n"
      "listens 0100007F:10000\nfile\nfolder\nports\nend\nclock 9\n");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->clock, 1) << "what comes after the end does not count";
  EXPECT_FALSE(facts->running);
  EXPECT_TRUE(facts->listening.empty());
  EXPECT_EQ(facts->broker_ports_known, Answer::unknown);
}

TEST(Facts, keep_to_their_limits) {
  std::string many = "clock 1\nfile certfile yes 644 root /c\n";
  for (int i = 0; i < 3000; ++i) many += "listens 00000000:0016\npem " + std::string(64, 'A') + "\n";
  const auto facts = parse_facts(many + "end\n");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->listening.size(), 2000u);
  EXPECT_LE(facts->files[0].pem.size(), 64u << 10);
}

TEST(FactsScript, takes_the_brokers_program_from_the_start_command_where_that_gives_its_path) {
  const auto program = [](const std::string& start) {
    BrokerProfile profile = a_profile();
    profile.start_command = start;
    const auto script = facts_script({profile, {}});
    const auto at = script.find("\nprogram='") + 10;
    return script.substr(at, script.find('\'', at) - at);
  };
  EXPECT_EQ(program("systemctl start mosquitto"), "mosquitto");
  EXPECT_EQ(program("A='b' '/opt/m/sbin/mosquitto' -c '/etc/mosquitto/mosquitto.conf' -d"), "/opt/m/sbin/mosquitto");
  EXPECT_EQ(program("/usr/sbin/mosquitto -d"), "/usr/sbin/mosquitto");
  EXPECT_EQ(program("service -c /etc/mosquitto/mosquitto.conf"), "mosquitto");
}

}  // namespace
}  // namespace mqtts::remote
