#include "reports/compare.h"

#include <algorithm>
#include <utility>

#include "reports/cases.h"

namespace mqtts::reports {
namespace {

std::optional<double> score_of(const TargetResult& target) {
  return has_score(target) ? std::optional(target.score) : std::nullopt;
}

std::string student_name(const TargetResult& target) { return target.student ? target.student->name : std::string(); }

std::optional<Verdict> verdict_in(const TargetResult& target, const std::string& stage, const std::string& check) {
  for (const auto& one : target.stages)
    if (one.id == stage)
      for (const auto& result : one.checks)
        if (result.id == check) return result.verdict;
  return std::nullopt;
}

Change change_of(std::optional<Verdict> before, std::optional<Verdict> after, bool gone_is_broken) {
  if (before == Verdict::pass && (after || gone_is_broken)) return Change::broke;
  if (before && after == Verdict::pass) return Change::improved;
  return Change::other;
}

std::vector<CheckChange> changes(const TargetResult& before, const TargetResult& after, bool same_plan) {
  const bool gone_is_broken = same_plan || after.stages.empty();
  std::vector<CheckChange> all;
  const auto add = [&](const std::string& stage, const std::string& check, std::optional<Verdict> was,
                       std::optional<Verdict> is) {
    if (was != is) all.push_back({stage, check, change_of(was, is, gone_is_broken), was, is});
  };
  for (const auto& stage : after.stages)
    for (const auto& check : stage.checks)
      add(stage.id, check.id, verdict_in(before, stage.id, check.id), check.verdict);
  for (const auto& stage : before.stages)
    for (const auto& check : stage.checks)
      if (!verdict_in(after, stage.id, check.id)) add(stage.id, check.id, check.verdict, std::nullopt);
  return all;
}

const TargetResult* find(const Report& report, const std::string& name) {
  const auto found = std::ranges::find(report.targets, name, &TargetResult::name);
  return found == report.targets.end() ? nullptr : &*found;
}

}  // namespace

Comparison compare(const Report& before, const Report& after) {
  Comparison result{.same_plan = before.run.plan == after.run.plan && before.run.plan_sha256 == after.run.plan_sha256};
  const bool is_pair = before.targets.size() == 1 && after.targets.size() == 1;
  for (const auto& target : after.targets) {
    const auto* old = is_pair ? &before.targets.front() : find(before, target.name);
    TargetChange change{.name = target.name,
                        .student = student_name(target),
                        .was_there = old != nullptr,
                        .score_before = old == nullptr ? std::nullopt : score_of(*old),
                        .score_after = score_of(target),
                        .max_score = target.max_score};
    if (old != nullptr) change.checks = changes(*old, target, result.same_plan);
    result.targets.push_back(std::move(change));
  }
  for (const auto& target : before.targets)
    if (!is_pair && find(after, target.name) == nullptr)
      result.targets.push_back({.name = target.name,
                                .student = student_name(target),
                                .is_there = false,
                                .score_before = score_of(target),
                                .max_score = target.max_score});
  return result;
}

std::size_t count(const Comparison& comparison, Change change) {
  std::size_t all = 0;
  for (const auto& target : comparison.targets)
    all += static_cast<std::size_t>(std::ranges::count(target.checks, change, &CheckChange::change));
  return all;
}

std::string_view to_string(Change change) {
  switch (change) {
    case Change::improved: return "improved";
    case Change::broke: return "broke";
    case Change::other: return "other";
  }
  return "other";
}

}  // namespace mqtts::reports
