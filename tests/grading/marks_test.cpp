#include "harness/grading/marks.h"

#include <gtest/gtest.h>

namespace mqtts::grading {
namespace {

CheckSpec worth(const char* id, double points) { return {.id = id, .points = points}; }

CheckResult judged(const char* id, Verdict verdict, const char* control = "") {
  return {.id = id, .verdict = verdict, .control = control, .message = msg(verdict == Verdict::pass ? "in" : "out")};
}

Plan two_stages() {
  Plan plan;
  plan.stages = {{.id = "tls", .checks = {worth("tls-accepted", 1), worth("closed", 3)}},
                 {.id = "password", .checks = {worth("valid", 2), worth("wrong", 4)}}};
  return plan;
}

TargetResult finished() {
  return {.name = "s1",
          .stages = {{.id = "tls", .checks = {judged("tls-accepted", Verdict::pass), judged("closed", Verdict::pass)}},
                     {.id = "password", .checks = {judged("valid", Verdict::pass), judged("wrong", Verdict::pass)}}},
          .student = Student{.id = "s1"},
          .looked_at = "2026-12-01T12:00:00Z"};
}

TEST(Marks, of_a_finished_lab_are_all_points) {
  auto target = finished();
  mark(target, two_stages());
  EXPECT_EQ(target.score, 10);
  EXPECT_EQ(target.max_score, 10);
  EXPECT_EQ(target.stages[1].points, 6);
  EXPECT_TRUE(target.not_graded.empty());
}

TEST(Marks, are_given_for_the_checks_that_hold) {
  auto target = finished();
  target.stages[0].checks[1].verdict = Verdict::fail;
  mark(target, two_stages());
  EXPECT_EQ(target.score, 7);
  EXPECT_EQ(target.stages[0].points, 1);
  EXPECT_EQ(target.stages[0].max_points, 4);
}

TEST(Marks, of_a_stage_that_counts_as_a_whole_need_all_of_it) {
  auto plan = two_stages();
  plan.stages[1].credit = Credit::all_or_nothing;
  auto target = finished();
  target.stages[1].checks[0].verdict = Verdict::fail;
  mark(target, plan);
  EXPECT_EQ(target.stages[1].points, 0);
  EXPECT_EQ(to_english(target.stages[1].checks[1].withheld), "the stage counts as a whole, and valid did not pass");
  EXPECT_EQ(target.score, 4);
}

TEST(Marks, of_a_check_are_withheld_while_one_that_it_needs_did_not_pass) {
  auto plan = two_stages();
  plan.stages[1].checks[1].needs = {"tls-accepted"};
  auto target = finished();
  target.stages[0].checks[0].verdict = Verdict::fail;
  mark(target, plan);
  EXPECT_EQ(target.stages[1].checks[1].points, 0);
  EXPECT_EQ(target.stages[1].checks[1].verdict, Verdict::pass) << "what was seen stays";
  EXPECT_EQ(to_english(target.stages[1].checks[1].withheld), "tls-accepted, which it needs, did not pass");
  EXPECT_EQ(target.score, 5);
}

TEST(Marks, of_a_bonus_come_on_top) {
  auto plan = two_stages();
  plan.stages[0].checks[1].bonus = true;
  auto target = finished();
  mark(target, plan);
  EXPECT_EQ(target.max_score, 7);
  EXPECT_EQ(target.score, 10);
  target.stages[0].checks[1].verdict = Verdict::fail;
  mark(target, plan);
  EXPECT_EQ(target.score, 7);
}

struct Lateness {
  const char* submitted;
  double penalty;
};

class Late : public ::testing::TestWithParam<Lateness> {};

TEST_P(Late, costs_a_share_for_each_day_begun) {
  auto plan = two_stages();
  plan.grading.due = "2026-12-01T10:00:00Z";
  plan.grading.late = {.percent_per_day = 10, .most_percent = 25, .grace_minutes = 15};
  auto target = finished();
  target.student->submitted = GetParam().submitted;
  mark(target, plan);
  EXPECT_DOUBLE_EQ(target.penalty, GetParam().penalty);
  EXPECT_DOUBLE_EQ(target.score, 10 - GetParam().penalty);
}

INSTANTIATE_TEST_SUITE_P(Marks, Late,
                         ::testing::Values(Lateness{"2026-12-01T10:00:00Z", 0},    // on time
                                           Lateness{"2026-12-01T10:15:00Z", 0},    // within the grace period
                                           Lateness{"2026-12-01T10:15:01Z", 1},    // first day
                                           Lateness{"2026-12-02T10:15:01Z", 2},    // second day
                                           Lateness{"2026-12-30T10:00:00Z", 2.5},  // capped at the maximum
                                           Lateness{"", 1}));                      // the time of grading

TEST(Marks, go_by_the_students_own_due_date_where_there_is_one) {
  auto plan = two_stages();
  plan.grading.due = "2026-11-01T10:00:00Z";
  plan.grading.late.percent_per_day = 50;
  auto target = finished();
  target.student->due = "2026-12-24T10:00:00Z";
  mark(target, plan);
  EXPECT_EQ(target.penalty, 0);
}

TEST(Marks, are_given_again_by_another_plan_and_by_the_first_one_once_more) {
  auto target = finished();
  target.stages[0].checks[1].verdict = Verdict::fail;
  mark(target, two_stages());
  const auto first = target;

  Plan other;
  other.stages = {{.id = "password", .checks = {worth("wrong", 10), worth("new", 5)}}};
  mark(target, other);
  EXPECT_EQ(target.score, 10);
  EXPECT_EQ(target.max_score, 15) << "what nobody has run is worth its points all the same";
  EXPECT_EQ(target.stages[0].checks[1].verdict, Verdict::skip);

  mark(target, two_stages());
  EXPECT_EQ(target.score, first.score);
  EXPECT_EQ(target.max_score, first.max_score);
}

TEST(NotGraded, are_those_whom_nobody_could_reach) {
  TargetResult target{.name = "s1", .message = msg("no way in")};
  mark(target, two_stages());
  EXPECT_EQ(to_english(target.not_graded), "no way in");
  EXPECT_EQ(target.max_score, 10);
}

TEST(NotGraded, are_those_of_whom_a_check_could_not_be_judged) {
  auto target = finished();
  target.stages[1].checks[0].verdict = Verdict::error;
  target.stages[1].checks[0].message = msg("the witnesses disagree");
  mark(target, two_stages());
  EXPECT_EQ(to_english(target.not_graded), "the witnesses disagree");
}

TEST(NotGraded, is_told_by_what_is_closer_to_us_than_silence) {
  auto target = finished();
  target.stages[0].checks[0] = judged("tls-accepted", Verdict::error);
  target.stages[0].checks[0].observed = Observation{.outcome = Outcome::timeout, .by = By::network};
  target.stages[1].checks[0] = judged("valid", Verdict::error);
  target.stages[1].checks[0].message = msg("no way in");
  mark(target, two_stages());
  EXPECT_EQ(to_english(target.not_graded), "no way in");
}

TEST(NotGraded, are_those_whose_broker_demands_what_we_were_not_given) {
  auto target = finished();
  target.stages[0].checks[0] = judged("tls-accepted", Verdict::skip);
  target.stages[0].checks[0].observed = Observation{.outcome = Outcome::refused, .by = By::mqtt, .code = 5};
  target.stages[0].checks[0].message = msg("the password is missing");
  mark(target, two_stages());
  EXPECT_EQ(to_english(target.not_graded), "the password is missing");
}

TEST(NotGraded, is_nobody_who_has_not_made_what_nobody_demands) {
  auto target = finished();
  target.stages[1].checks[0] = judged("valid", Verdict::skip);
  mark(target, two_stages());
  EXPECT_TRUE(target.not_graded.empty());
}

TEST(NotGraded, is_nobody_whose_control_was_turned_away) {
  auto target = finished();
  target.stages[1].checks = {judged("valid", Verdict::fail), judged("wrong", Verdict::error, "valid")};
  mark(target, two_stages());
  EXPECT_TRUE(target.not_graded.empty());
  EXPECT_EQ(target.score, 4);
}

TEST(NotGraded, are_those_whose_control_could_not_be_judged_either) {
  auto target = finished();
  target.stages[1].checks = {judged("valid", Verdict::error), judged("wrong", Verdict::error, "valid")};
  mark(target, two_stages());
  EXPECT_FALSE(target.not_graded.empty());
}

TEST(NotGraded, are_those_of_whom_nothing_was_judged) {
  auto target = finished();
  for (auto& stage : target.stages)
    for (auto& check : stage.checks) check = judged(check.id.c_str(), Verdict::skip);
  target.stages[0].checks[0].message = msg("no certificate of the CA was given");
  mark(target, two_stages());
  EXPECT_EQ(to_english(target.not_graded), "no certificate of the CA was given");
  target.stages.clear();
  EXPECT_EQ(to_english(reason_not_graded(target)), "nothing was run");
}

TEST(KeepFailures, of_what_let_somebody_in_a_moment_before) {
  auto earlier = finished();
  earlier.stages[1].checks = {judged("valid", Verdict::error), judged("wrong", Verdict::fail, "valid")};
  earlier.stages[1].checks[1].observed = Observation{.outcome = Outcome::accepted, .by = By::broker};
  auto later = finished();
  later.stages[1].checks = {judged("valid", Verdict::pass), judged("wrong", Verdict::pass, "valid")};
  keep_failures(later, earlier);
  EXPECT_EQ(later.stages[1].checks[0].verdict, Verdict::pass) << "a positive check is judged by the later look";
  EXPECT_EQ(later.stages[1].checks[1].verdict, Verdict::fail);
  EXPECT_EQ(later.stages[1].checks[1].observed->outcome, Outcome::accepted);
  EXPECT_EQ(later.stages[1].checks[1].observed->evidence.back(),
            note(msg("seen in an earlier look of this run, and not in the next one")));
  EXPECT_EQ(later.stages[1].verdict, Verdict::fail);
}

// A ban that the earlier round caused is not the broker's fault.
TEST(KeepFailures, an_earlier_look_stands_where_the_later_one_was_locked_out) {
  auto earlier = finished();
  earlier.stages[1].checks = {judged("valid", Verdict::pass), judged("wrong", Verdict::error, "valid"),
                              judged("mtls", Verdict::error)};
  auto later = finished();
  later.stages[1].checks = {judged("valid", Verdict::fail), judged("wrong", Verdict::error, "valid"),
                            judged("mtls", Verdict::fail)};
  keep_failures(later, earlier);
  EXPECT_EQ(later.stages[1].checks, earlier.stages[1].checks);
}

// A ban of the first round outlasts it: its controls were accepted at first, and not at the end.
TEST(KeepFailures, an_earlier_look_stands_where_its_ban_was_not_over) {
  auto earlier = finished();
  auto wrong = judged("wrong", Verdict::error, "valid");
  wrong.observed = Observation{.outcome = Outcome::refused, .by = By::mqtt, .code = 5, .reason = "not_authorized"};
  earlier.stages[1].checks = {judged("valid", Verdict::error), wrong};
  auto later = finished();
  later.stages[1].checks = {judged("valid", Verdict::fail), judged("wrong", Verdict::error, "valid")};
  const auto banned = later;
  keep_failures(later, earlier);
  EXPECT_EQ(later.stages[1].checks, earlier.stages[1].checks);

  // If no client reached the broker, the later round counts.
  earlier.stages[1].checks[1].observed->by = By::network;
  later = banned;
  keep_failures(later, earlier);
  EXPECT_EQ(later.stages[1].checks, banned.stages[1].checks);
}

TEST(KeepFailures, takes_nothing_from_an_earlier_pass_or_error) {
  auto earlier = finished();
  earlier.stages[1].checks = {judged("valid", Verdict::fail), judged("wrong", Verdict::error, "valid")};
  auto later = finished();
  later.stages[1].checks = {judged("valid", Verdict::pass), judged("wrong", Verdict::pass, "valid")};
  const auto before = later.stages[1].checks;
  keep_failures(later, earlier);
  EXPECT_EQ(later.stages[1].checks, before);
}

}  // namespace
}  // namespace mqtts::grading
