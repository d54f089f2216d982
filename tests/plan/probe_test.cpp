// The general form of what a check does, and what of it may be changed.
#include <gmock/gmock.h>

#include "harness/plan/expand.h"
#include "harness/plan/schemas.h"
#include "tests/plan/good_plan.h"
#include "tests/support/schema_check.h"

namespace mqtts::plan {
namespace {

using ::testing::HasSubstr;

std::string text_with(const std::string& probe, const std::string& change, const std::string& expect) {
  return R"({ "schema": "mqtts-harness/plan/v1", "name": "p",
              "materials": { "accounts": { "ann": "x", "bob": "x" } },
              "listeners": { "plain": { "port": "1883" } },
              "stages": [{ "id": "s", "checks": [
                { "id": "in", "client": { "listener": "plain", "account": "ann" }, "probe": )" +
         probe + R"(, "expect": "accepted" },
                { "id": "out", "control": "in", "change": )" +
         change + R"(, "expect": )" + expect + " } ] }] }";
}

constexpr auto* deliver = R"({ "kind": "deliver", "topic": "a", "sentinel": "s", "reader": { "account": "bob" } })";

CheckSpec second(const std::string& change, const std::string& expect) {
  const auto loaded = parse_plan(text_with(deliver, change, expect), "p.json");
  for (const auto& problem : loaded.problems) ADD_FAILURE() << to_english(problem.message);
  return loaded.plan.value().stages.at(0).checks.at(1);
}

TEST(Probe, is_the_same_in_its_first_and_its_general_form) {
  const auto first = parse_plan(text_with(deliver, R"({ "account": null })", R"({ "refused": "mqtt" })"), "p.json");
  auto text = text_with(deliver, R"({ "account": null })", R"({ "refused": "mqtt" })");
  const std::string general = std::string("\"probe\": ") + deliver;
  text.replace(text.find(general), general.size(),
               R"("action": { "round_trip": "a", "reader": { "account": "bob" } })");
  auto probe = parse_plan(text, "p.json").plan.value().stages[0].checks[0].probe;
  probe.parameters["sentinel"] = "s";
  EXPECT_EQ(first.plan.value().stages[0].checks[0].probe, probe);
}

TEST(NegativeCheck, that_changes_a_parameter_acts_and_needs_a_control_that_has_acted) {
  const auto check = second(R"({ "topic": "b" })", R"({ "denied": "broker" })");
  EXPECT_TRUE(check.acts);
  EXPECT_EQ(check.changed, "topic");
  EXPECT_EQ(check.probe.parameter("topic"), "b");
  EXPECT_EQ(check.control_reaches, Layer::action);
}

TEST(NegativeCheck, may_change_one_field_of_another_client) {
  const auto check = second(R"({ "reader": { "account": "ann" } })", R"({ "denied": "mqtt" })");
  EXPECT_EQ(check.changed, "reader.account");
  EXPECT_EQ(check.probe.roles.at("reader").account, "ann");
  EXPECT_TRUE(check.acts);
}

TEST(NegativeCheck, of_a_login_only_connects_and_needs_a_control_that_was_let_in) {
  const auto check = second(R"({ "account": null })", R"({ "refused": "mqtt" })");
  EXPECT_FALSE(check.acts);
  EXPECT_EQ(check.control_reaches, Layer::mqtt);
}

TEST(NegativeCheck, needs_of_its_control_what_its_own_layer_asks_for) {
  auto text = text_with(deliver, R"({ "account": null })", R"({ "refused": "tls-peer" })");
  EXPECT_EQ(parse_plan(text, "p.json").plan.value().stages[0].checks[1].control_reaches, Layer::tls);
}

TEST(PositiveCheck, may_ask_for_its_own_layer_only) {
  auto text = text_with(deliver, R"({ "account": null })", R"({ "refused": "mqtt" })");
  const std::string accepted = R"("expect": "accepted")";
  text.replace(text.find(accepted), accepted.size(),
               R"("expect": { "reached": "tls" },
                  "hints": [{ "when": { "refused": "mqtt" }, "en": "restart: ${broker.restart}" }])");
  const auto loaded = parse_plan(text, "p.json");
  for (const auto& problem : loaded.problems) ADD_FAILURE() << to_english(problem.message);
  const auto& check = loaded.plan.value().stages[0].checks[0];
  EXPECT_EQ(check.expected.at(0).reached, Layer::tls);
  EXPECT_EQ(check.hints.at(0).when.by, By::mqtt);
  const auto plan = expand(*loaded.plan, {{"broker.restart", "now"}}, [] { return ""; });
  EXPECT_EQ(plan.stages[0].checks[0].hints.at(0).text.en, "restart: now");
}

std::vector<std::string> all_problems(const std::string& text) {
  std::vector<std::string> all;
  for (const auto& problem : parse_plan(text, "p.json").problems) all.push_back(to_english(problem.message));
  return all;
}

std::string with_client(std::string text, const std::string& client) {
  const std::string good = R"({ "listener": "plain", "account": "ann" })";
  return text.replace(text.find(good), good.size(), client);
}

TEST(NegativeCheck, of_a_faulty_control_is_told_its_own_mistakes_too) {
  const auto faulty = R"({ "listener": "plain", "account": "eve" })";
  const auto refused = R"({ "refused": "mqtt" })";
  const std::pair<const char*, const char*> rows[] = {
      {R"({ "acount": null })", "unknown key \"acount\"; did you mean \"account\"?"},
      {R"({ "account": "evan" })", "there is no account \"evan\""},
      {R"({ "listener": null })", "\"listener\" cannot be taken away"},
      {R"({ "trust": null, "mqtt": "5.0" })", "exactly one thing"},
      {R"({ "qos": "9" })", "must be a whole number from 0 to 2"},
      {R"({ "reader": { "account": "evan" } })", "there is no account \"evan\""}};
  for (const auto& [change, told] : rows)
    EXPECT_THAT(all_problems(with_client(text_with(deliver, change, refused), faulty)),
                ::testing::UnorderedElementsAre(HasSubstr("there is no account \"eve\""), HasSubstr(told)));
}

TEST(NegativeCheck, of_a_control_that_is_not_there_is_told_its_own_mistakes_too) {
  auto text = text_with(deliver, R"({ "mqtt": "6" })", R"({ "refused": "mqtt" })");
  text.replace(text.find(R"("control": "in")"), 15, R"("control": "im")");
  EXPECT_THAT(all_problems(text), ::testing::UnorderedElementsAre(HasSubstr("there is no check \"im\""),
                                                                  HasSubstr("there is no MQTT version \"6\"")));
}

TEST(NegativeCheck, is_told_nothing_that_only_its_controls_mistake_causes) {
  const auto facts = R"({ "denied": "mqtt", "facts": { "delivery.received": false } })";
  EXPECT_THAT(all_problems(text_with(R"({ "kind": "delivr", "topic": "a" })", R"({ "topic": "b" })", facts)),
              ::testing::ElementsAre(HasSubstr("there is no kind of probe \"delivr\"")));
  for (const auto* change : {R"({ "account": "bob" })", R"({ "password": "x" })", R"({ "account": null })"})
    EXPECT_THAT(all_problems(with_client(text_with(deliver, change, R"({ "refused": "mqtt" })"),
                                         R"({ "listener": "plain", "account": "eve" })")),
                ::testing::ElementsAre(HasSubstr("there is no account \"eve\"")));
}

TEST(Client, with_a_password_of_an_unknown_account_is_told_of_the_account_only) {
  EXPECT_THAT(all_problems(with_client(text_with(deliver, R"({ "mqtt": "5.0" })", R"({ "refused": "mqtt" })"),
                                       R"({ "listener": "plain", "account": "eve", "password": "x" })")),
              ::testing::ElementsAre(HasSubstr("there is no account \"eve\"")));
}

TEST(PositiveCheck, has_no_control_to_reach_anything) {
  auto text = text_with(deliver, R"({ "account": null })", R"({ "refused": "mqtt" })");
  const std::string accepted = R"("expect": "accepted")";
  text.replace(text.find(accepted), accepted.size(), R"("expect": "accepted", "control_reaches": "mqtt")");
  EXPECT_THAT(all_problems(text), ::testing::ElementsAre(HasSubstr("only a check with a \"control\"")));
  EXPECT_FALSE(test::schema_allows(plan_schema(), text));
}

// Of a check that looks at a listener.
std::string text_with_list(const std::string& facts) {
  return text_with(R"({ "kind": "tls_versions" })", R"({ "account": null })",
                   R"({ "refused": "mqtt", "facts": )" + facts + " }");
}

TEST(Facts, that_are_lists_are_compared_with_lists) {
  using Texts = std::vector<std::string>;
  const std::pair<const char*, Texts> lists[] = {
      {R"({ "tls.old_versions": { "equals": [] } })", {}},
      {R"({ "tls.old_versions": [] })", {}},
      {R"({ "tls.versions": ["TLSv1.2", "TLSv1.3"] })", {"TLSv1.2", "TLSv1.3"}}};
  for (const auto& [facts, list] : lists) {
    const auto text = text_with_list(facts);
    const auto loaded = parse_plan(text, "p.json");
    ASSERT_TRUE(loaded.plan) << facts;
    const auto& wanted = loaded.plan->stages.at(0).checks.at(1).expected.at(0).facts.at(0);
    EXPECT_EQ(wanted.comparison, Comparison::equals);
    EXPECT_EQ(std::get<FactValue>(wanted.wanted), FactValue(list));
    EXPECT_TRUE(test::schema_allows(plan_schema(), text)) << facts;
  }
  for (const auto* facts : {R"({ "tls.versions": "TLSv1.2" })", R"({ "tls.versions": { "equals": true } })",
                            R"({ "tls.versions": { "one_of": ["TLSv1.2"] } })"}) {
    EXPECT_THAT(all_problems(text_with_list(facts)), ::testing::ElementsAre(HasSubstr("is a list of texts")));
    EXPECT_FALSE(test::schema_allows(plan_schema(), text_with_list(facts))) << facts;
  }
  EXPECT_THAT(all_problems(text_with_list(R"({ "reason": { "one_of": [] } })")),
              ::testing::ElementsAre(HasSubstr("\"one_of\" cannot compare this")));
}

struct ProbeFault {
  const char* probe;
  const char* change;
  const char* expect;
  const char* complaint;
};

TEST(Probe, tells_what_is_wrong_with_it) {
  const char* refused = R"({ "refused": "mqtt" })";
  const char* no_account = R"({ "account": null })";
  const ProbeFault probe_faults[] = {
      {R"({ "topic": "a" })", no_account, refused, "a probe needs a \"kind\""},
      {R"({ "kind": "delivr" })", no_account, refused, "there is no kind of probe \"delivr\"; known: connect, deliver"},
      {R"({ "kind": "deliver" })", no_account, refused, "\"topic\" is missing here"},
      {R"({ "kind": "deliver", "topic": "a/#" })", no_account, refused, "must not hold \"+\" or \"#\""},
      {R"({ "kind": "deliver", "topic": "a", "qos": "x" })", no_account, refused, "must be a whole number from 0 to 2"},
      {R"({ "kind": "deliver", "topic": "a", "retain": "yes" })", no_account, refused, "must be \"true\" or \"false\""},
      {R"({ "kind": "deliver", "topic": "a", "reader": { "account": "eve" } })", no_account, refused,
       "there is no account \"eve\""},
      {R"({ "kind": "deliver", "topic": "a", "payload": "x" })", no_account, refused, "payload"},
      {R"({ "kind": "deliver", "topic": "a", "sentinel": "a" })", no_account, refused,
       "the sentinel's topic is the topic itself, a"},
      {R"({ "kind": "deliver", "topic": "a/b", "filter": "b/#" })", no_account, refused,
       "the filter b/# does not match the topic a/b"},
      {deliver, R"({ "topic": "s" })", R"({ "denied": "broker" })", "the sentinel's topic is the topic itself, s"},
      {R"({ "kind": "deliver", "topic": "a/b", "filter": "a/#", "sentinel": "a/s" })", R"({ "topic": "b" })",
       R"({ "denied": "broker" })", "the filter a/# does not match the topic b"},
      {deliver, R"({ "topic": "a" })", refused, "this changes nothing"},
      {deliver, R"({ "reader": {} })", refused, "an object with exactly one of account, certificate"},
      {deliver, R"({ "reader": { "account": "bob" } })", refused, "this changes nothing"},
      {deliver, no_account, R"({ "reached": "top" })", "\"top\" is no layer; known: network, server, tls, mqtt"},
      {deliver, no_account, R"({ "reached": "tls" })", "a negative check must not expect \"accepted\""},
      {deliver, no_account, R"({ "refused": "mqtt", "facts": { "delivery.recieved": true } })",
       "there is no fact \"delivery.recieved\""},
      {deliver, no_account, R"({ "refused": "mqtt", "facts": { "code": { "at_least": "5" } } })",
       "\"at_least\" cannot compare this"},
      {deliver, no_account, R"({ "refused": "mqtt", "facts": { "code": { "more": 5 } } })", "exactly one of equals"},
      {deliver, no_account, R"({ "refused": "mqtt", "facts": { "code": "5" } })", "the fact \"code\" is a number"},
      {deliver, no_account, R"({ "refused": "mqtt", "facts": { "reason": 5 } })", "the fact \"reason\" is a text"},
      {deliver, no_account, R"({ "refused": "mqtt", "facts": { "reason": { "at_most": 5 } } })",
       "the fact \"reason\" is a text"},
      {deliver, no_account, R"({ "refused": "mqtt", "facts": { "delivery.received": "false" } })",
       "the fact \"delivery.received\" is true or false"},
      {deliver, no_account,
       R"({ "refused": "mqtt", "facts": { "code": { "equals": { "check": "in", "fact": "reason" } } } })",
       "\"code\" and \"reason\" are of two types"},
      {R"({ "kind": "deliver", "topic": "a" })", R"({ "topic": "b" })", R"({ "denied": "broker" })",
       "\"denied\" cannot be proven: give the \"probe\" of \"in\" a \"sentinel\""},
      {R"({ "kind": "connect" })", no_account, R"([{ "refused": "mqtt" }, { "denied": "mqtt" }])",
       "\"denied\" cannot be proven"},
      {deliver, no_account,
       R"({ "refused": "mqtt", "facts": { "reason": { "equals": { "check": "nobody", "fact": "reason" } } } })",
       "there is no check \"nobody\" that fits here"},
      {deliver, no_account,
       R"({ "refused": "mqtt", "facts": { "reason": { "equals": { "check": "out", "fact": "reason" } } } })",
       "a check's fact cannot be compared with its own"},
  };
  for (const auto& row : probe_faults) {
    std::string all;
    for (const auto& problem : parse_plan(text_with(row.probe, row.change, row.expect), "p.json").problems)
      all += to_english(problem.message) + "\n";
    EXPECT_THAT(all, HasSubstr(row.complaint)) << row.probe << row.change << row.expect;
  }
}

}  // namespace
}  // namespace mqtts::plan
