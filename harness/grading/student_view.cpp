#include "harness/grading/student_view.h"

#include <algorithm>

namespace mqtts::grading {
namespace {

bool may_be_seen(const CheckResult& check, bool is_past_due) {
  return check.visibility == Visibility::visible || (check.visibility == Visibility::after_due && is_past_due);
}

void withhold_detail(CheckResult& check) {
  if (check.verdict == Verdict::pass || check.detail == FailureDetail::full) return;
  check.hint = {};
  check.see.clear();
  check.control.clear();
  check.changed.clear();
  check.expected.clear();
  check.capture.reset();
  if (check.observed) check.observed->evidence.clear();
  if (check.detail == FailureDetail::actual) return;
  check.observed.reset();
  check.message = {};
}

// A stage's verdict must not reveal removed checks.
void disclose(StageResult& stage, bool is_past_due) {
  const auto hidden = std::erase_if(stage.checks, [&](const auto& check) { return !may_be_seen(check, is_past_due); });
  stage.hidden_checks += static_cast<int>(hidden);
  if (hidden > 0) {
    stage.verdict = Verdict::skip;
    for (const auto& check : stage.checks) stage.verdict = worst(stage.verdict, check.verdict);
  }
  std::ranges::for_each(stage.checks, withhold_detail);
}

}  // namespace

Report for_students(Report report, const std::string& now) {
  for (auto& target : report.targets) {
    const auto& due = target.student && !target.student->due.empty() ? target.student->due : report.run.due;
    const bool is_past_due = !due.empty() && due <= now;  // ISO 8601 sorts by time
    for (auto& stage : target.stages) disclose(stage, is_past_due);
    target.fingerprints.clear();
  }
  report.run.seed.clear();
  report.summary.reset();
  return report;
}

}  // namespace mqtts::grading
