// One configuration with each mistake, and one that differs from it in just that and is well.
#include "harness/brokers/mosquitto_lint.h"

#include <set>
#include <sstream>

#include <gmock/gmock.h>

namespace mqtts::brokers {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

const BrokerVersion debian_12{2, 0, 11, "2.0.11"};
const BrokerVersion v2_0_20{2, 0, 20, "2.0.20"};
const BrokerVersion v2_1{2, 1, 2, "2.1.2"};
const BrokerVersion v1_6{1, 6, 9, "1.6.9"};
const BrokerVersion v1_5_5{1, 5, 5, "1.5.5"};

// "WORD VALUE" lines, as the host tells them.
ConfigurationText text(const std::string& path, const std::string& lines) {
  ConfigurationText text{path, {}};
  std::istringstream in(lines);
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const auto space = std::min(line.find(' '), line.size());
    if (!line.empty() && line[0] != '#')
      text.lines.push_back({number, line.substr(0, space), line.substr(std::min(space + 1, line.size()))});
  }
  return text;
}

WrittenConfiguration written(const std::string& lines, const std::optional<BrokerVersion>& version) {
  return {.files = {text("/m.conf", lines)}, .acl_rules = {{"/acl", 3}, {"/empty", 0}}, .version = version};
}

// "RULE FILE:LINE" of each finding.
std::vector<std::string> rules_in(const WrittenConfiguration& configuration) {
  std::vector<std::string> rules;
  for (const auto& finding : review_mosquitto(configuration).findings)
    rules.push_back(std::string(finding.rule) + " " + finding.file + ":" + std::to_string(finding.line));
  return rules;
}

const std::string hardened =
    "per_listener_settings false\n"
    "allow_anonymous false\n"
    "password_file /p\n"
    "acl_file /acl\n"
    "listener 8883\n"
    "cafile /ca.crt\n"
    "certfile /s.crt\n"
    "keyfile /s.key\n"
    "require_certificate true\n"
    "tls_version tlsv1.2\n";

TEST(MosquittoLint, has_nothing_to_say_of_a_good_configuration) {
  for (const auto& version : {debian_12, v2_0_20, v1_6}) EXPECT_THAT(rules_in(written(hardened, version)), IsEmpty());
  EXPECT_THAT(rules_in(written(hardened, std::nullopt)), IsEmpty());
  const auto review = review_mosquitto(written(hardened, debian_12));
  EXPECT_THAT(review.tls_ports, ElementsAre(8883));
  EXPECT_TRUE(review.logs_logins);
  EXPECT_TRUE(review.is_complete);
}

std::string without(std::string lines, const std::string& line) {
  const auto at = lines.find(line + "\n");
  return at == std::string::npos ? "no such line" : lines.erase(at, line.size() + 1);
}

std::string with(const std::string& from, const std::string& to) {
  auto lines = hardened;
  return lines.replace(lines.find(from), from.size(), to);
}

struct Mistake {
  const char* finding;
  std::optional<BrokerVersion> version;
  std::string bad;
  std::string good;
};

TEST(MosquittoLint, finds_each_mistake_and_not_where_it_is_not) {
  const std::string tls = "certfile /c\nkeyfile /k\n";
  const Mistake mistakes[] = {
      {"anonymous-last-wins /m.conf:11", debian_12, hardened + "allow_anonymous true\n",
       hardened + "allow_anonymous false\n"},
      {"anonymous-allowed /m.conf:2", debian_12,
       without(with("allow_anonymous false", "allow_anonymous true"), "require_certificate true"), hardened},
      {"anonymous-allowed /m.conf:3", debian_12,
       "per_listener_settings true\nlistener 8883\nallow_anonymous true\n" + tls,
       "per_listener_settings true\nlistener 8883\nallow_anonymous false\n" + tls},
      {"anonymous-by-default /m.conf:1", v1_6, "listener 8883\n" + tls, "password_file /p\nlistener 8883\n" + tls},
      {"per-listener-settings-late /m.conf:2", debian_12, "allow_anonymous false\nper_listener_settings true\n",
       "per_listener_settings true\nallow_anonymous false\n"},
      {"option-before-listener /m.conf:1", debian_12, "certfile /c\nlistener 8883\nkeyfile /k\n",
       "listener 8883\ncertfile /c\nkeyfile /k\n"},
      {"tls-without-listener /m.conf:1", debian_12, tls, "listener 8883\n" + tls},
      {"tls-without-listener /m.conf:1", v2_0_20, tls, "listener 8883\n" + tls},
      {"security-before-listener /m.conf:2", debian_12,
       "per_listener_settings true\npassword_file /p\nlistener 8883\n" + tls,
       "per_listener_settings true\nlistener 8883\npassword_file /p\n" + tls},
      {"cafile-alone /m.conf:6", debian_12, without(without(hardened, "certfile /s.crt"), "keyfile /s.key"), hardened},
      {"plain-listener /m.conf:11", debian_12, hardened + "listener 1883\n", hardened + "listener 1883 127.0.0.1\n"},
      {"certificate-not-required /m.conf:6", debian_12, without(hardened, "require_certificate true"),
       without(without(hardened, "require_certificate true"), "cafile /ca.crt")},
      {"identity-without-certificate /m.conf:10", debian_12,
       without(hardened, "require_certificate true") + "use_identity_as_username true\n",
       without(hardened, "password_file /p") + "use_identity_as_username true\n"},
      {"identity-skips-password /m.conf:11", debian_12, hardened + "use_identity_as_username true\n",
       without(hardened, "password_file /p") + "use_identity_as_username true\n"},
      {"psk-without-hint /m.conf:1", debian_12, "psk_file /k\nlistener 8883\n",
       "psk_file /k\nlistener 8883\npsk_hint ***\n"},
      {"no-rules /m.conf:1", debian_12, without(hardened, "acl_file /acl"), hardened},
      {"empty-rules /m.conf:4", debian_12, with("acl_file /acl", "acl_file /empty"), hardened},
      {"empty-rules /m.conf:4", v1_5_5, with("acl_file /acl", "acl_file /empty"), hardened},
      {"key-missing /m.conf:7", debian_12, without(hardened, "keyfile /s.key"), hardened},
      {"tls-version-low /m.conf:10", debian_12, with("tlsv1.2", "tlsv1.1"), hardened},
      {"unknown-option /m.conf:11", debian_12, hardened + "?\n", hardened + "persistence ***\n"},
      {"runs-as-root /m.conf:11", debian_12, hardened + "user root\n", hardened + "user mosquitto\n"},
      {"deprecated-option /m.conf:11", debian_12, hardened + "port 1884\n", hardened},
      {"deprecated-option /m.conf:3", v2_1, hardened, with("password_file /p", "plugin /p.so")},
  };
  std::set<std::string> tried;
  for (const auto& mistake : mistakes) {
    EXPECT_THAT(rules_in(written(mistake.bad, mistake.version)), Contains(mistake.finding)) << mistake.bad;
    EXPECT_THAT(rules_in(written(mistake.good, mistake.version)), Not(Contains(mistake.finding))) << mistake.good;
    tried.insert(std::string(mistake.finding).substr(0, std::string(mistake.finding).find(' ')));
  }
  EXPECT_EQ(tried.size(), 20u);
}

TEST(MosquittoLint, weighs_what_differs_by_version) {
  const auto weight = [](const std::string& lines, const BrokerVersion& version) {
    return review_mosquitto(written(lines, version)).findings.at(0).weight;
  };
  EXPECT_EQ(weight("certfile /c\nkeyfile /k\nacl_file /acl\n", debian_12), Weight::critical);
  EXPECT_EQ(weight("certfile /c\nkeyfile /k\nacl_file /acl\n", v2_0_20), Weight::low);
  EXPECT_THAT(rules_in(written("certfile /c\nacl_file /acl\n", std::nullopt)), IsEmpty())
      << "which of both is not known";
  const auto empty = with("acl_file /acl", "acl_file /empty");
  EXPECT_EQ(weight(empty, v1_5_5), Weight::high) << "everybody may do everything";
  EXPECT_EQ(weight(empty, debian_12), Weight::low) << "nobody may do anything";
  EXPECT_THAT(rules_in(written(hardened + "?\n", v2_1)), Not(Contains("unknown-option /m.conf:11")))
      << "2.1 has options that are not in our list";
}

TEST(MosquittoLint, reads_other_files_where_they_are_included) {
  auto configuration = written("listener 8883\ninclude_dir /d\nallow_anonymous false\nacl_file /acl\n", debian_12);
  configuration.files.push_back(text("/d/b.conf", "allow_anonymous true\n"));
  configuration.files.push_back(text("/d/a.conf", "certfile /c\nkeyfile /k\n"));
  EXPECT_THAT(rules_in(configuration), ElementsAre("plain-listener /m.conf:1", "option-in-other-file /d/a.conf:1",
                                                   "option-in-other-file /d/a.conf:2"))
      << "the last allow_anonymous is that of the main file";
  configuration.files[0] = text("/m.conf", "listener 8883\nallow_anonymous false\nacl_file /acl\ninclude_dir /d\n");
  EXPECT_THAT(rules_in(configuration), Contains("anonymous-last-wins /d/b.conf:1"));
  configuration.files[2] = text("/d/a.conf", "include_dir /e\n");
  EXPECT_FALSE(review_mosquitto(configuration).is_complete);
  std::string many;
  for (int i = 0; i < 9; ++i) many += "include_dir /d\n";
  EXPECT_FALSE(review_mosquitto(written(hardened + many, debian_12)).is_complete) << "the host tells eight";
}

TEST(MosquittoLint, tells_whether_the_log_can_tell_of_logins) {
  const auto logs = [](const std::string& lines) {
    return review_mosquitto(written(hardened + lines, debian_12)).logs_logins;
  };
  for (const auto* good : {"", "log_type all\n", "log_type error\nlog_type notice\n", "connection_messages true\n"})
    EXPECT_TRUE(logs(good)) << good;
  for (const auto* bad : {"log_type error\n", "log_type none\n", "connection_messages false\n", "log_dest none\n",
                          "log_timestamp false\n"})
    EXPECT_FALSE(logs(bad)) << bad;
}

TEST(MosquittoLint, gives_what_to_write_and_is_calm_with_nothing) {
  EXPECT_EQ(review_mosquitto(written(hardened + "allow_anonymous true\n", debian_12)).findings.at(0).fix,
            "allow_anonymous false");
  EXPECT_THAT(review_mosquitto({}).findings, ::testing::SizeIs(1)) << "no rules";
  EXPECT_THAT(rules_in(written("listener\nlistener x y\nallow_anonymous\ncafile\n", std::nullopt)), Not(IsEmpty()));
}

}  // namespace
}  // namespace mqtts::brokers
