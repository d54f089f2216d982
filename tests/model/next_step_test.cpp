#include "harness/model/next_step.h"

#include <gtest/gtest.h>

namespace mqtts {
namespace {

CheckResult result(const std::string& id, Verdict verdict, bool tls, const std::string& control = {}) {
  CheckResult check{.id = id, .verdict = verdict, .control = control, .observed = Observation{}};
  if (tls) check.observed->tls = TlsFacts{};
  return check;
}

TargetResult target_with(std::vector<CheckResult> open, std::vector<CheckResult> tls) {
  TargetResult target;
  target.stages.push_back({.id = "open", .checks = std::move(open)});
  target.stages.push_back({.id = "tls", .checks = std::move(tls)});
  return target;
}

TEST(NextStep, is_the_first_failure_or_else_the_first_that_did_not_pass) {
  auto target = target_with({result("a", Verdict::error, false)},
                            {result("b", Verdict::error, true), result("c", Verdict::fail, true)});
  EXPECT_EQ(next_step(target), (Step{1, 1}));
  target.stages[1].checks[1].verdict = Verdict::pass;
  EXPECT_EQ(next_step(target), (Step{1, 0})) << "TLS is there: no port in clear is opened again";
  target.stages[1].checks[0].verdict = Verdict::pass;
  EXPECT_EQ(next_step(target), (Step{0, 0}));
  target.stages[0].checks[0].verdict = Verdict::pass;
  EXPECT_EQ(next_step(target), std::nullopt);
}

TEST(NextStep, is_to_open_a_port_where_nothing_else_is_there_yet) {
  auto target = target_with({result("a", Verdict::fail, false)}, {result("b", Verdict::fail, false)});
  for (auto& stage : target.stages) stage.checks[0].observed->by = By::network;
  EXPECT_EQ(next_step(target), (Step{0, 0}));
}

TEST(NextStep, is_not_to_open_a_port_where_something_answers_a_later_stages_client) {
  auto target = target_with({result("a", Verdict::fail, false)}, {result("b", Verdict::fail, false)});
  target.stages[1].checks[0].observed->by = By::broker;
  EXPECT_EQ(next_step(target), (Step{1, 0}));
  target.stages[1].checks[0].observed->by = By::network;
  EXPECT_EQ(next_step(target), (Step{0, 0}));
}

TEST(NextStep, is_to_close_a_port_that_is_open) {
  const auto target = target_with({}, {result("a", Verdict::pass, true), result("b", Verdict::fail, false, "a")});
  EXPECT_EQ(next_step(target), (Step{1, 1}));
}

TEST(NextStep, is_the_check_that_the_hint_names_unless_that_one_passes) {
  auto target = target_with({}, {result("a", Verdict::fail, true), result("b", Verdict::error, true)});
  auto& a = target.stages[1].checks[0];
  auto& b = target.stages[1].checks[1];
  a.see = "b";
  EXPECT_EQ(next_step(target), (Step{1, 1}));
  b.see = "a";
  EXPECT_TRUE(next_step(target)) << "it ends";
  b.see.clear();
  b.verdict = Verdict::pass;
  EXPECT_EQ(next_step(target), (Step{1, 0}));
  a.see = "hidden";
  EXPECT_EQ(next_step(target), (Step{1, 0}));
}

TEST(NextStep, says_how_to_mend_what_failed_and_why_the_rest_could_not_be_judged) {
  auto target = target_with({result("a", Verdict::fail, false)}, {});
  auto& check = target.stages[0].checks[0];
  check.message = msg("let in");
  EXPECT_EQ(advice_for(target, {0, 0}).message, check.message);
  check.hint = {"close it", "fermez-le"};
  EXPECT_EQ(advice_for(target, {0, 0}).hint, check.hint);
  EXPECT_TRUE(advice_for(target, {0, 0}).message.empty());
  check.verdict = Verdict::error;
  EXPECT_EQ(advice_for(target, {0, 0}).message, check.message);
  target.not_restarted = msg("restart");
  EXPECT_EQ(advice_for(target, {0, 0}).message, target.not_restarted) << "the broker does not know of the rest yet";
}

}  // namespace
}  // namespace mqtts
