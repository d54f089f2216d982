#include "harness/audit/letter_grade.h"

#include <algorithm>
#include <array>

#include "harness/util/exit_status.h"

namespace mqtts::audit {
namespace {

constexpr std::size_t most_remedies = 5;
constexpr std::array<std::string_view, 3> first_attacks = {"transport", "server-certificate", "password"};

std::vector<const CheckResult*> checks_of(const TargetResult& target) {
  std::vector<const CheckResult*> checks;
  for (const auto& stage : target.stages)
    for (const auto& check : stage.checks) checks.push_back(&check);
  return checks;
}

Severity severity_of(const CheckResult* check) { return check->severity.value_or(Severity::info); }

}  // namespace

std::string letter_grade(const TargetResult& target) {
  const auto checks = checks_of(target);
  const auto failed = [&](Severity severity) {
    return std::ranges::count_if(checks, [&](const CheckResult* check) {
      return check->verdict == Verdict::fail && severity_of(check) == severity;
    });
  };
  const auto is_judged = [](const CheckResult* check) {
    return check->verdict == Verdict::pass || check->verdict == Verdict::fail;
  };
  if (std::ranges::none_of(checks, is_judged)) return "";
  if (failed(Severity::critical) > 0) return "F";
  if (failed(Severity::high) > 1) return "E";
  if (failed(Severity::high) > 0) return "D";
  if (failed(Severity::medium) > 0) return "C";
  const auto leaves_open = [&](const StageResult& stage) {
    return std::ranges::find(first_attacks, stage.id) != first_attacks.end() &&
           std::ranges::any_of(stage.checks, [&](const CheckResult& check) {
             return !is_judged(&check) && severity_of(&check) >= Severity::high;
           });
  };
  return failed(Severity::low) > 0 || std::ranges::any_of(target.stages, leaves_open) ? "B" : "A";
}

std::vector<std::string> most_urgent(const TargetResult& target) {
  auto checks = checks_of(target);
  std::erase_if(checks, [](const CheckResult* check) { return check->verdict != Verdict::fail; });
  std::ranges::stable_sort(checks, std::ranges::greater{}, severity_of);
  if (checks.size() > most_remedies) checks.resize(most_remedies);
  std::vector<std::string> ids;
  for (const auto* check : checks) ids.push_back(check->id);
  return ids;
}

int audit_exit_code(const TargetResult& target, Severity fail_on) {
  const auto checks = checks_of(target);
  const auto has_failed = [&](const CheckResult* check) {
    return check->verdict == Verdict::fail && severity_of(check) >= fail_on;
  };
  if (std::ranges::any_of(checks, has_failed)) return exit_failed;
  const auto is_unjudged = [](const CheckResult* check) { return check->verdict == Verdict::error; };
  return checks.empty() || std::ranges::any_of(checks, is_unjudged) ? exit_unjudged : exit_ok;
}

}  // namespace mqtts::audit
