#include "harness/remote/security_facts.h"

#include <gmock/gmock.h>

#include "harness/util/openssl.h"
#include "tests/remote/a_profile.h"

namespace mqtts::remote {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A host on which all is well.
const std::string well =
    "clock 1795558630\n"
    "account 0 root\n"
    "process 4711 110 115 mosquitto\n"
    "started 1795555030\n"
    "reads_configuration\n"
    "sees_program\n"
    "program /usr/sbin/mosquitto\n"
    "version 2.0.11\n"
    "system debian/bookworm\n"
    "package dpkg 2.0.11-1.2+deb12u2 mosquitto\n"
    "sandboxes\n"
    "sandbox ProtectSystem=full\n"
    "sandbox PrivateTmp=no\n"
    "text readable /etc/mosquitto/mosquitto.conf\n"
    "changed 1795550000 /etc/mosquitto/mosquitto.conf\n"
    "line 1 allow_anonymous false\n"
    "line 2 password_file /etc/mosquitto/passwd\n"
    "line 3 acl_file /etc/mosquitto/acl\n"
    "line 4 listener 8883\n"
    "line 5 certfile /etc/mosquitto/s.crt\n"
    "line 6 keyfile /etc/mosquitto/s.key\n"
    "secret accounts readable /etc/mosquitto/passwd\n"
    "node 640 0 115 1 /etc/mosquitto/passwd\n"
    "above 755 0 0 1 /\nabove 755 0 0 1 /etc\nabove 755 0 0 1 /etc/mosquitto\n"
    "hashes\n"
    "hash pbkdf2-sha512 210000 alice\n"
    "secret key readable /etc/mosquitto/s.key\n"
    "node 600 110 115 1 /etc/mosquitto/s.key\n"
    "above 755 0 0 1 /\nabove 755 0 0 1 /etc\nabove 755 0 0 1 /etc/mosquitto\n"
    "rules 2 /etc/mosquitto/acl\n"
    "user 0 0 root\nuser 110 115 mosquitto\nuser 1000 1000 vagrant\n"
    "group 50 vagrant,bob\n"
    "place readable /etc/mosquitto\n"
    "sockets\n"
    "socket 00000000:22B3 mosquitto\n"
    "socket 00000000:0016 sshd\n"
    "socket 0100007F:1F90 node\n"
    "ours 22B3\n"
    "log readable /var/log/mosquitto/mosquitto.log\n"
    "logins 4\n"
    "refusals 2\n"
    "nft table inet filter {\n"
    "nft \tchain input {\n"
    "nft \t\ttype filter hook input priority filter; policy drop;\n"
    "nft \t\tct state established,related accept\n"
    "nft \t\ttcp dport { 22, 8883 } accept\n"
    "nft \t}\n"
    "nft }\n"
    "end\n";

std::string with(const std::string& from, const std::string& to) {
  auto answer = well;
  const auto at = answer.find(from);
  return at == std::string::npos ? "no such line" : answer.replace(at, from.size(), to);
}

Facts facts_of(const std::string& output) {
  const auto answer = parse_security(output);
  if (!answer) return {{"error", to_english(answer.error().what)}};
  return security_facts(*answer, {.user = "mosquitto", .home = "/home/vagrant", .tls_listener = "8883"}).facts;
}

// The texts of a fact; "absent" if it was not seen.
std::vector<std::string> texts(const Facts& facts, const std::string& name) {
  const auto found = facts.find(name);
  if (found == facts.end()) return {"absent"};
  const auto* list = std::get_if<std::vector<std::string>>(&found->second);
  return list == nullptr ? std::vector<std::string>{to_text(found->second)} : *list;
}

const char* const lists_of_wrongs[] = {"host.keys_exposed",
                                       "host.password_files_exposed",
                                       "host.dynsec_files_exposed",
                                       "host.weak_password_hashes",
                                       "host.ca_keys",
                                       "host.lint",
                                       "host.known_flaws",
                                       "host.open_ports",
                                       "host.firewall_open",
                                       "host.log_secrets"};

TEST(SecurityFacts, of_a_host_on_which_all_is_well) {
  const auto facts = facts_of(well);
  for (const auto* name : lists_of_wrongs) EXPECT_THAT(texts(facts, name), IsEmpty()) << name;
  EXPECT_THAT(texts(facts, "host.keys_checked"), ElementsAre("1"));
  EXPECT_THAT(texts(facts, "host.broker_user"), ElementsAre("mosquitto"));
  EXPECT_THAT(texts(facts, "host.broker_is_root"), ElementsAre("false"));
  EXPECT_THAT(texts(facts, "host.sandbox"), ElementsAre("ProtectSystem"));
  EXPECT_THAT(texts(facts, "host.version"), ElementsAre("2.0.11"));
  EXPECT_THAT(texts(facts, "host.package"), ElementsAre("2.0.11-1.2+deb12u2"));
  EXPECT_THAT(texts(facts, "host.log_records_logins"), ElementsAre("true"));
  EXPECT_THAT(texts(facts, "host.log_records_refusals"), ElementsAre("true"));
}

struct Change {
  const char* fact;
  std::string from;
  std::string to;
  std::string seen;
};

TEST(SecurityFacts, tell_each_weakness) {
  const Change changes[] = {
      {"host.keys_exposed", "node 600 110 115 1 /etc/mosquitto/s.key", "node 644 110 115 1 /etc/mosquitto/s.key",
       "/etc/mosquitto/s.key (0644, mosquitto): every user may read it"},
      {"host.keys_exposed", "node 600 110 115 1 /etc/mosquitto/s.key", "node 640 110 50 1 /etc/mosquitto/s.key",
       "/etc/mosquitto/s.key (0640, mosquitto): vagrant may read it"},
      {"host.password_files_exposed", "node 640 0 115", "node 646 0 115",
       "/etc/mosquitto/passwd (0646, root): every user may change it"},
      {"host.password_files_exposed", "secret accounts readable", "secret shared readable", ""},
      {"host.dynsec_files_exposed", "secret accounts readable /etc/mosquitto/passwd\nnode 640 0 115",
       "secret dynamic readable /etc/mosquitto/d.json\nnode 644 0 115",
       "/etc/mosquitto/d.json (0644, root): every user may read it"},
      {"host.weak_password_hashes", "hash pbkdf2-sha512 210000 alice", "hash pbkdf2-sha512 101 alice",
       "alice: PBKDF2 with HMAC-SHA-512, 101 rounds"},
      {"host.weak_password_hashes", "hash pbkdf2-sha512 210000 alice", "hash sha512 - al ice",
       "al ice: SHA-512, one round"},
      {"host.broker_is_root", "process 4711 110 115 mosquitto", "process 4711 0 0 toor", "true"},
      {"host.lint", "line 1 allow_anonymous false", "line 1 allow_anonymous true",
       "/etc/mosquitto/mosquitto.conf:1: clients without a name and password are let in"},
      {"host.known_flaws", "+deb12u2 mosquitto", "+deb12u1 mosquitto",
       "CVE-2024-3935: a bridge with remapped topics frees memory twice; fixed in 2.0.19"},
      {"host.open_ports", "socket 0100007F:1F90 node", "socket 00000000000000000000000000000000:1111 epmd",
       "4369 epmd"},
      {"host.open_ports", "socket 0100007F:1F90 node", "socket 00000000:075B mosquitto", "1883 mosquitto"},
      {"host.open_ports", "socket 0100007F:1F90 node", "socket 00000000:0050 ?", "80"},
      {"host.firewall_open", "{ 22, 8883 }", "{ 22, 1883, 8883 }", "1883 (IPv4)"},
      {"host.firewall_open", "policy drop", "policy accept", "9001 (IPv4)"},
      {"host.log_records_logins", "line 3 acl_file", "line 3 connection_messages false\nline 4 acl_file", "false"},
      {"host.log_secrets", "logins 4", "log_secret token 17\nlogins 4", "token in line 17"},
  };
  for (const auto& change : changes) {
    const auto output = with(change.from, change.to);
    ASSERT_NE(output, "no such line") << change.from;
    if (change.seen.empty())
      EXPECT_THAT(texts(facts_of(output), change.fact), IsEmpty()) << change.to;
    else
      EXPECT_THAT(texts(facts_of(output), change.fact), Contains(change.seen)) << change.fact << " " << change.to;
  }
}

TEST(SecurityFacts, are_absent_where_nobody_could_look) {
  const Change blindnesses[] = {
      {"host.keys_exposed", "secret key readable", "secret key unknown", ""},
      {"host.keys_exposed", "above 755 0 0 1 /etc/mosquitto\nrules", "rules", ""},
      {"host.keys_exposed", "above 755 0 0 1 /etc/mosquitto\nrules", "above 755 0 0 1 /etc/mosquitto\nlists\nrules",
       ""},
      {"host.keys_exposed", "text readable", "text unknown", ""},
      {"host.keys_exposed", "text readable", "text cut", ""},
      {"host.keys_exposed", "reads_configuration\n", "", ""},
      {"host.keys_exposed", "secret key readable", "secret key missing", ""},
      {"host.password_files_exposed", "secret accounts readable", "secret accounts missing", ""},
      {"host.weak_password_hashes", "hashes\n", "", ""},
      {"host.weak_password_hashes", "hashes\n", "hashes\nhashes_cut\n", ""},
      {"host.weak_password_hashes", "hash pbkdf2-sha512 210000", "hash other -", ""},
      {"host.weak_password_hashes", "hash pbkdf2-sha512 210000 alice\n", "", ""},
      {"host.ca_keys", "place readable", "place unknown", ""},
      {"host.ca_keys", "place readable /etc/mosquitto\n",
       "place readable /etc/mosquitto\nunread /etc/mosquitto/ca.key\n", ""},
      {"host.ca_keys", "place readable /etc/mosquitto\n", "place readable /etc/mosquitto\nkey /etc/mosquitto/ca.key\n",
       ""},
      {"host.broker_is_root", "process 4711 110 115 mosquitto\n", "stopped\n", ""},
      {"host.lint", "changed 1795550000", "changed 1795555999", ""},
      {"host.lint", "version 2.0.11\n", "", ""},
      {"host.known_flaws", "system debian/bookworm\n", "system ubuntu/noble\n", ""},
      {"host.known_flaws", "package dpkg 2.0.11-1.2+deb12u2 mosquitto\n", "", ""},
      {"host.known_flaws", "sees_program\n", "", ""},
      {"host.known_flaws", "sees_program\n", "sees_program\nreplaced\n", ""},
      {"host.known_flaws", "package dpkg 2.0.11-1.2+deb12u2", "package dpkg 2.2.0-1", ""},
      {"host.open_ports", "sockets\n", "", ""},
      {"host.firewall_open", "ct state established,related accept", "meta skuid 0 accept", ""},
      {"host.firewall_open", "sockets\n", "", ""},
      {"host.log_records_logins", "logins 4\n", "", ""},
      {"host.log_records_refusals", "refusals 2\n", "", ""},
      {"host.log_secrets", "log readable", "log cut", ""},
      {"host.log_secrets", "log readable", "log unknown", ""},
      {"host.log_secrets", "log readable /var/log/mosquitto/mosquitto.log\n", "", ""},
  };
  for (const auto& change : blindnesses) {
    const auto output = with(change.from, change.to);
    ASSERT_NE(output, "no such line") << change.from;
    EXPECT_THAT(texts(facts_of(output), change.fact), ElementsAre("absent")) << change.fact << ": " << change.to;
  }
  auto no_rules = well;
  for (auto at = no_rules.find("nft "); at != std::string::npos; at = no_rules.find("nft "))
    no_rules.erase(at, no_rules.find('\n', at) + 1 - at);
  EXPECT_THAT(texts(facts_of(no_rules), "host.firewall_open"), ElementsAre("absent"));
}

TEST(SecurityFacts, of_an_answer_that_was_cut_off_are_none) {
  for (std::size_t size : {std::size_t{0}, well.size() / 2, well.size() - 4})
    EXPECT_FALSE(parse_security(well.substr(0, size)));
}

TEST(SecurityFacts, that_say_that_all_is_well_are_gone_when_lines_are) {
  // No line of the answer whose loss turns a weakness into its opposite, or invents a fact that was not there.
  for (const auto& [fact, from, to] : {std::tuple("host.keys_exposed", "node 600 110 115 1 /etc/mosquitto/s.key",
                                                  "node 644 110 115 1 /etc/mosquitto/s.key"),
                                       std::tuple("host.weak_password_hashes", "210000 alice", "101 alice")}) {
    const auto weak = with(from, to);
    for (std::size_t at = 0; at < weak.size();) {
      const auto end = weak.find('\n', at) + 1;
      auto lost = weak;
      lost.erase(at, end - at);
      const auto line = weak.substr(at, end - at);
      const bool is_of_it =
          line.starts_with("node") || line.starts_with("hash ") || line.starts_with("secret") || line == "hashes\n";
      const auto facts = is_of_it ? Facts() : facts_of(lost);
      if (!is_of_it && !facts.contains("error")) {
        EXPECT_THAT(texts(facts, fact), ::testing::Not(IsEmpty())) << fact << " without " << line;
      }
      at = end;
    }
  }
}

TEST(SecurityFacts, hold_no_secret_of_the_host) {
  const auto look = security_facts(*parse_security(with("hash pbkdf2-sha512 210000 alice", "hash plain - alice")),
                                   {.tls_listener = "8883"});
  EXPECT_THAT(texts(look.facts, "host.weak_password_hashes"), ElementsAre("alice: no hash, the password itself"));
  for (const auto& evidence : look.evidence) EXPECT_EQ(evidence.text, "");
}

TEST(Hashes, are_as_strong_as_owasp_asks) {
  const auto weakness = [](const std::string& scheme, const std::string& parameter) {
    return weakness_of({scheme, parameter, "u"});
  };
  EXPECT_EQ(weakness("pbkdf2-sha512", "210000"), "");
  EXPECT_NE(weakness("pbkdf2-sha512", "209999"), "");
  EXPECT_NE(weakness("pbkdf2-sha512", "1000"), "") << "what Mosquitto 2.1 writes";
  EXPECT_EQ(weakness("argon2id", "m=47104,t=1,p=1"), "");
  EXPECT_EQ(weakness("argon2id", "m=19456,t=2,p=1"), "");
  EXPECT_NE(weakness("argon2id", "m=19456,t=1,p=1"), "");
  EXPECT_NE(weakness("argon2id", "nonsense"), "");
  EXPECT_NE(weakness("sha512", "-"), "");
}

}  // namespace
}  // namespace mqtts::remote
