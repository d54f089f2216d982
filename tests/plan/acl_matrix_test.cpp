// The table of rights, and the checks that come of it.
#include <gmock/gmock.h>

#include "harness/plan/load.h"
#include "harness/probes/probes.h"

namespace mqtts::plan {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;

std::string with_table(const std::string& table, const std::string& more = "") {
  return R"({"schema":"mqtts-harness/plan/v1","name":"p",
    "materials":{"accounts":{"alice":"a","bob":"b","eve":"e"},
      "authorities":{"ca":{"subject":"/CN=ca"}},"certificates":{"c":{"issuer":"ca","subject":"/CN=c"}}},
    "listeners":{"plain":{"port":"1883"},"tls":{"port":"8883","tls":true}},
    "stages":[{"id":"acl","acl_client":{"listener":"plain"},"acl":)" +
         table + more + "}]}";
}

std::vector<CheckSpec> checks_of(const std::string& text) {
  const auto loaded = parse_plan(text, "p.json", {}, probes::kinds());
  for (const auto& problem : loaded.problems) ADD_FAILURE() << to_english(problem.message);
  return loaded.plan ? loaded.plan->stages.at(0).checks : std::vector<CheckSpec>();
}

std::vector<std::string> problems_of(const std::string& text) {
  std::vector<std::string> problems;
  for (const auto& problem : parse_plan(text, "p.json", {}, probes::kinds()).problems)
    problems.push_back(to_english(problem.message));
  return problems;
}

std::vector<std::string> ids_of(const std::vector<CheckSpec>& checks) {
  std::vector<std::string> ids;
  for (const auto& check : checks) ids.push_back(check.id);
  return ids;
}

const CheckSpec& find(const std::vector<CheckSpec>& checks, const std::string& id) {
  const auto found = std::ranges::find(checks, id, &CheckSpec::id);
  if (found == checks.end()) throw std::logic_error("no check " + id);
  return *found;
}

constexpr const char* table = R"({"alice":{"sensors/alice/#":"write","open":"readwrite"},
                                  "bob":{"sensors/#":"read","open":"readwrite"}})";

TEST(AclMatrix, asks_for_all_that_is_allowed_and_all_that_is_not) {
  const auto ids = ids_of(checks_of(with_table(table)));
  EXPECT_THAT(ids, IsSupersetOf({"acl-write-alice-sensors-alice-all", "acl-read-bob-sensors-all",
                                 "acl-read-bob-sensors-alice-all", "acl-write-alice-open", "acl-read-alice-open",
                                 "acl-publish-denied-bob-sensors-alice-all", "acl-retained-denied-bob-sensors-alice-all",
                                 "acl-will-denied-bob-sensors-alice-all", "acl-subscribe-denied-alice-sensors-alice-all",
                                 "acl-wildcard-denied-alice-sensors-alice-all",
                                 "acl-shared-subscription-denied-alice-sensors-alice-all",
                                 "acl-publish-denied-alice-sensors-all"}));
  EXPECT_EQ(std::ranges::count_if(ids, [](const std::string& id) { return id.starts_with("acl-publish-denied-"); }), 3)
      << "alice below sensors, bob below sensors and below alice's";
}

TEST(AclMatrix, compares_each_denial_with_a_message_that_the_same_two_may_exchange) {
  const auto checks = checks_of(with_table(table));
  const auto& denied = find(checks, "acl-retained-denied-bob-sensors-alice-all");
  EXPECT_EQ(denied.client.account, "bob");
  EXPECT_FALSE(denied.probe.roles.contains("reader")) << "he reads there himself";
  EXPECT_EQ(denied.probe.parameter("topic"), "sensors/alice/mqtts-check");
  EXPECT_EQ(denied.probe.parameter("sentinel"), "open");
  EXPECT_EQ(denied.probe.parameter("retain"), "true");
  EXPECT_TRUE(denied.acts);
  EXPECT_EQ(denied.control_reaches, Layer::action);
  const auto& control = find(checks, denied.control);
  EXPECT_FALSE(control.is_negative());
  EXPECT_EQ(control.client, denied.client);
  EXPECT_EQ(control.probe.parameter("topic"), "open");
  EXPECT_EQ(control.probe.parameter("retain"), "true");
  const auto& read = find(checks, "acl-subscribe-denied-alice-sensors-alice-all");
  EXPECT_EQ(read.client.account, "alice");
  EXPECT_FALSE(read.probe.roles.contains("reader")) << "she writes there, and reads on the same connection";
}

TEST(AclMatrix, skips_what_no_two_users_can_prove_and_says_why) {
  const auto checks = checks_of(with_table(R"({"alice":{"a":"write"},"bob":{"b":"read"}})"));
  EXPECT_THAT(to_english(find(checks, "acl-write-alice-a").missing), HasSubstr("nobody may read a"));
  EXPECT_THAT(to_english(find(checks, "acl-read-bob-b").missing), HasSubstr("nobody may write to b"));
  EXPECT_THAT(to_english(find(checks, "acl-publish-denied-alice-b").missing), HasSubstr("a silence proves nothing"));
}

TEST(AclMatrix, lets_none_go_before_every_other_line) {
  const auto ids = ids_of(checks_of(with_table(R"({"alice":{"#":"readwrite","secret":"none"},"bob":{"#":"readwrite"}})")));
  EXPECT_THAT(ids, IsSupersetOf({"acl-publish-denied-alice-secret", "acl-subscribe-denied-alice-secret",
                                 "acl-write-bob-secret", "acl-write-alice-all"}));
}

TEST(AclMatrix, puts_the_users_name_in) {
  const auto ids = ids_of(checks_of(with_table(R"({"alice":{"u/%u":"readwrite","o":"read"},"bob":{"u/%u":"readwrite","o":"write"}})")));
  EXPECT_THAT(ids, IsSupersetOf({"acl-write-alice-u-alice", "acl-write-bob-u-bob"}));
}

// An id depends on user and topic alone, whatever else the table says, and no two are the same.
TEST(AclMatrix, has_stable_ids) {
  const auto few = ids_of(checks_of(with_table(R"({"alice":{"a/b":"write"},"bob":{"#":"read"}})")));
  const auto more =
      ids_of(checks_of(with_table(R"({"bob":{"#":"read","x":"none"},"eve":{"a-b":"read"},"alice":{"a/b":"write"}})")));
  EXPECT_THAT(few, Contains("acl-write-alice-a-b"));
  EXPECT_THAT(more, Contains("acl-write-alice-a-b"));
  const auto many = ids_of(checks_of(with_table(
      R"({"alice":{"a/b":"write","a-b":"write","a/all":"write","a/#":"write","A/B":"write",
          "a/very/long/topic/with/many/levels/one":"write","a/very/long/topic/with/many/levels/two":"write"},
          "bob":{"#":"read"}})")));
  EXPECT_EQ(std::set<std::string>(many.begin(), many.end()).size(), many.size());
  for (const auto& id : many) EXPECT_LE(id.size(), 64U) << id;
}

TEST(AclMatrix, presents_each_users_certificate) {
  auto text = with_table(R"({"alice":{"a":"readwrite"},"bob":{"a":"read"}})", R"(,"acl_certificates":{"bob":"c"})");
  text.replace(text.find(R"({"listener":"plain"})"), 20, R"({"listener":"tls","trust":"ca"})");
  const auto checks = checks_of(text);
  EXPECT_EQ(find(checks, "acl-write-alice-a").probe.roles.at("reader").certificate, "c");
  EXPECT_FALSE(find(checks, "acl-write-alice-a").client.certificate);
}

TEST(AclMatrix, sends_with_the_qos_that_the_stage_asks_for) {
  const auto* users = R"({"alice":{"a":"readwrite"},"bob":{"a":"read","b":"none"}})";
  for (const auto& check : checks_of(with_table(users, R"(,"acl_qos":"1")")))
    if (check.missing.text.empty()) {
      EXPECT_EQ(check.probe.parameter("qos"), "1") << check.id;
    }
  EXPECT_EQ(find(checks_of(with_table(users)), "acl-write-alice-a").probe.parameter("qos"), "");
}

TEST(AclMatrix, says_what_is_wrong_with_a_table) {
  const std::pair<std::string, const char*> rows[] = {
      {with_table(R"({"carol":{"a":"read"}})"), "there is no account \"carol\""},
      {with_table(R"({"alice":{"a#":"read"}})"), "no topic filter"},
      {with_table(R"({"alice":{"a":"reads"}})"), "there is no right \"reads\""},
      {with_table(R"({"alice":{"$SYS/#":"read"}})"), "a topic of the broker's own"},
      {with_table(R"({"alice":{"d/%c":"read"}})"), "cannot depend on a client id"},
      {with_table(R"({"alice":["a"]})"), "must be an object"},
      {with_table(R"({"alice":{"a":"read"}})", R"(,"acl_qos":"3")"), "\"acl_qos\" must be a whole number from 0 to 2"},
      {with_table(R"({"alice":{"a":"read"}})", R"(,"acl_certificates":{"bob":"c"})"), "no user \"bob\" in \"acl\""},
  };
  for (const auto& [text, words] : rows) EXPECT_THAT(problems_of(text), Contains(HasSubstr(words))) << words;
  auto with_account = with_table(R"({"alice":{"a":"read"}})");
  with_account.replace(with_account.find(R"({"listener":"plain"})"), 20, R"({"listener":"plain","account":"bob"})");
  EXPECT_THAT(problems_of(with_account), Contains(HasSubstr("\"acl_client\" has no account")));
  const auto taken = with_table(R"({"alice":{"a":"readwrite"}})",
                                R"(,"checks":[{"id":"acl-write-alice-a","client":{"listener":"plain"},"expect":"accepted"}])");
  EXPECT_THAT(problems_of(taken), Contains(HasSubstr("another check \"acl-write-alice-a\"")));
}

}  // namespace
}  // namespace mqtts::plan
