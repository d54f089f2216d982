#include "harness/audit/letter_grade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mqtts::audit {
namespace {

using ::testing::ElementsAre;

CheckResult check(const std::string& id, Verdict verdict, Severity severity) {
  return {.id = id, .verdict = verdict, .severity = severity};
}

TargetResult broker(std::vector<CheckResult> checks, const std::string& group = "password") {
  TargetResult target;
  target.stages.push_back({.id = group, .checks = std::move(checks)});
  return target;
}

struct Row {
  std::string what;
  std::vector<CheckResult> checks;
  std::string grade;
  std::string group = "password";
};

TEST(LetterGrade, is_that_of_the_worst_failure) {
  using enum Severity;
  const auto good = check("good", Verdict::pass, critical);
  const Row rows[] = {
      {"all is well", {good}, "A"},
      {"nothing was judged", {check("a", Verdict::error, critical), check("b", Verdict::skip, low)}, ""},
      {"nothing was made", {}, ""},
      {"critical", {good, check("a", Verdict::fail, critical)}, "F"},
      {"two high", {good, check("a", Verdict::fail, high), check("b", Verdict::fail, high)}, "E"},
      {"one high, one medium", {good, check("a", Verdict::fail, high), check("b", Verdict::fail, medium)}, "D"},
      {"medium", {good, check("a", Verdict::fail, medium), check("b", Verdict::fail, low)}, "C"},
      {"low", {good, check("a", Verdict::fail, low)}, "B"},
      {"info does not count", {good, check("a", Verdict::fail, info)}, "A"},
      {"not all was tried", {good, check("a", Verdict::skip, critical)}, "B"},
      {"not all could be judged", {good, check("a", Verdict::error, high)}, "B"},
      {"what was not tried is of little weight", {good, check("a", Verdict::skip, medium)}, "A"},
      {"nobody gave the host", {good, check("a", Verdict::skip, high)}, "A", "host"},
  };
  for (const auto& row : rows) EXPECT_EQ(letter_grade(broker(row.checks, row.group)), row.grade) << row.what;
}

TEST(MostUrgent, are_the_most_severe_and_five_at_most) {
  using enum Severity;
  EXPECT_THAT(most_urgent(broker({check("low", Verdict::fail, low), check("pass", Verdict::pass, critical),
                                  check("first", Verdict::fail, high), check("second", Verdict::fail, high),
                                  check("critical", Verdict::fail, critical), check("error", Verdict::error, critical),
                                  check("medium", Verdict::fail, medium), check("info", Verdict::fail, info)})),
              ElementsAre("critical", "first", "second", "medium", "low"));
}

TEST(AuditExitCode, counts_failures_from_a_severity_up) {
  using enum Severity;
  const auto good = check("good", Verdict::pass, high);
  const auto low_failure = check("a", Verdict::fail, low);
  EXPECT_EQ(audit_exit_code(broker({good}), medium), 0);
  EXPECT_EQ(audit_exit_code(broker({good, check("a", Verdict::skip, critical)}), medium), 0);
  EXPECT_EQ(audit_exit_code(broker({good, low_failure}), medium), 0);
  EXPECT_EQ(audit_exit_code(broker({good, low_failure}), low), 1);
  EXPECT_EQ(audit_exit_code(broker({good, check("a", Verdict::error, info)}), medium), 3);
  EXPECT_EQ(audit_exit_code(broker({check("a", Verdict::error, info), check("b", Verdict::fail, medium)}), medium), 1);
  EXPECT_EQ(audit_exit_code(broker({}), medium), 3) << "nothing was judged";
}

}  // namespace
}  // namespace mqtts::audit
