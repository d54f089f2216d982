// The general form of what a check does, and what of it may be changed.
#include <gmock/gmock.h>

#include "harness/plan/expand.h"
#include "tests/plan/good_plan.h"

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
