#include "harness/grading/student_view.h"

#include <gtest/gtest.h>

namespace mqtts::grading {
namespace {

constexpr auto* before = "2026-11-30T23:59:59Z";
constexpr auto* after = "2026-12-01T10:00:00Z";

CheckResult failed(Visibility visibility, FailureDetail detail) {
  return {
      .id = "wrong-password-rejected",
      .title = {"A wrong password is turned away", ""},
      .hint = {"set a password_file", ""},
      .verdict = Verdict::fail,
      .max_points = 2,
      .visibility = visibility,
      .detail = detail,
      .control = "valid-password-accepted",
      .changed = "password",
      .expected = {{Outcome::refused, By::mqtt, {}}},
      .observed =
          Observation{.outcome = Outcome::accepted, .by = By::broker, .evidence = {{EvidenceKind::note, "evidence"}}},
      .message = msg("let in")};
}

Report with(CheckResult check) {
  auto passed = check;
  passed.id = "valid-password-accepted";
  passed.verdict = Verdict::pass;
  passed.visibility = Visibility::visible;
  return {.run = {.seed = "seed", .due = after},
          .targets = {{.name = "s1",
                       .score = 3,
                       .stages = {{.id = "password", .verdict = Verdict::fail, .points = 3, .checks = {passed, check}}},
                       .student = Student{.id = "s1"},
                       .fingerprints = {{FingerprintKind::ca_key, "00"}}}},
          .summary = ClassSummary{}};
}

const StageResult& stage_of(const Report& report) { return report.targets[0].stages[0]; }

TEST(ForStudents, a_visible_check_with_full_detail_stays_as_it_is) {
  const auto check = failed(Visibility::visible, FailureDetail::full);
  EXPECT_EQ(stage_of(for_students(with(check), before)).checks[1], check);
}

TEST(ForStudents, nothing_is_told_of_the_class) {
  const auto shown = for_students(with(failed(Visibility::visible, FailureDetail::full)), before);
  EXPECT_FALSE(shown.summary);
  EXPECT_TRUE(shown.targets[0].fingerprints.empty());
  EXPECT_TRUE(shown.run.seed.empty());
}

TEST(ForStudents, a_hidden_check_counts_and_is_not_there) {
  for (const auto* now : {before, after}) {
    const auto shown = for_students(with(failed(Visibility::hidden, FailureDetail::full)), now);
    ASSERT_EQ(stage_of(shown).checks.size(), 1U);
    EXPECT_EQ(stage_of(shown).hidden_checks, 1);
    EXPECT_EQ(stage_of(shown).verdict, Verdict::pass) << "its failure must not show in the stage's verdict";
    EXPECT_EQ(stage_of(shown).points, 3);
    EXPECT_EQ(shown.targets[0].score, 3);
  }
}

TEST(ForStudents, after_due_is_from_the_due_date_on) {
  const auto report = with(failed(Visibility::after_due, FailureDetail::full));
  EXPECT_EQ(stage_of(for_students(report, before)).checks.size(), 1U);
  EXPECT_EQ(stage_of(for_students(report, after)).checks.size(), 2U);
}

TEST(ForStudents, a_students_own_due_date_is_the_one) {
  auto report = with(failed(Visibility::after_due, FailureDetail::full));
  report.targets[0].student->due = "2027-01-01T00:00:00Z";
  EXPECT_EQ(stage_of(for_students(report, after)).checks.size(), 1U);
}

TEST(ForStudents, without_a_due_date_it_never_comes) {
  auto report = with(failed(Visibility::after_due, FailureDetail::full));
  report.run.due.clear();
  EXPECT_EQ(stage_of(for_students(report, after)).checks.size(), 1U);
}

TEST(ForStudents, actual_detail_tells_what_was_seen_and_no_more) {
  const auto shown = for_students(with(failed(Visibility::visible, FailureDetail::actual)), before);
  const auto& check = stage_of(shown).checks[1];
  EXPECT_EQ(check.observed->outcome, Outcome::accepted);
  EXPECT_EQ(to_english(check.message), "let in");
  EXPECT_TRUE(check.expected.empty());
  EXPECT_TRUE(check.observed->evidence.empty());
  EXPECT_EQ(check.hint, LocalText{});
  EXPECT_TRUE(check.control.empty());
}

TEST(ForStudents, no_detail_is_the_verdict_alone) {
  const auto shown = for_students(with(failed(Visibility::visible, FailureDetail::none)), before);
  const auto& check = stage_of(shown).checks[1];
  EXPECT_EQ(check.verdict, Verdict::fail);
  EXPECT_FALSE(check.observed);
  EXPECT_TRUE(check.message.empty());
  EXPECT_EQ(check.max_points, 2);
}

TEST(ForStudents, passes_are_told_whole) {
  const auto report = with(failed(Visibility::visible, FailureDetail::none));
  EXPECT_EQ(stage_of(for_students(report, before)).checks[0], stage_of(report).checks[0]);
}

}  // namespace
}  // namespace mqtts::grading
