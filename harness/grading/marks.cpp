#include "harness/grading/marks.h"

#include <algorithm>
#include <cmath>

#include "harness/model/result_of.h"
#include "harness/util/utc.h"

namespace mqtts::grading {
namespace {

constexpr double seconds_a_day = 24.0 * 60 * 60;

// Points are reported to hundredths.
const CheckResult* find_check(const TargetResult& target, const std::string& id) {
  for (const auto& stage : target.stages)
    for (const auto& check : stage.checks)
      if (check.id == id) return &check;
  return nullptr;
}

bool has_passed(const TargetResult& target, const std::string& id) {
  const auto* check = find_check(target, id);
  return check != nullptr && check->verdict == Verdict::pass;
}

bool has_variables(const LocalText& text) {
  return text.en.find("${") != std::string::npos || text.fr.find("${") != std::string::npos;
}

// Updates a result from the plan's current check; the observation stays.
void take_words_and_worth(CheckResult& result, const CheckSpec& check, const GradingSpec& grading) {
  result.title = check.title;
  // One with the target's values in it stays as it was said then; so does one that was left out.
  const auto [hint, see] = hint_of(check, result.observed);
  if (!has_variables(hint)) {
    if (!result.hint.en.empty()) result.hint = hint;
  } else if (has_variables(result.hint)) {
    result.hint = {};
  }
  result.see = result.hint.en.empty() ? std::string() : see;
  result.tags = check.tags;
  result.max_points = check.points;
  result.bonus = check.bonus;
  result.visibility = check.visibility.value_or(grading.visibility);
  result.detail = check.detail.value_or(grading.detail);
  result.withheld = {};
}

// Sorts into the plan's order; items that the plan does not have come last and earn no points.
template <class Item, class Spec, class Make>
void bring_into_order(std::vector<Item>& items, const std::vector<Spec>& specs, const Make& make) {
  std::vector<Item> ordered;
  for (const auto& spec : specs) {
    const auto found = std::ranges::find(items, spec.id, &Item::id);
    if (found != items.end()) {
      ordered.push_back(std::move(*found));
      items.erase(found);
    } else if (auto made = make(spec)) {
      ordered.push_back(*std::move(made));
    }
  }
  std::ranges::move(items, std::back_inserter(ordered));
  items = std::move(ordered);
}

void make_worthless(CheckResult& check) {
  check.points = 0;
  check.max_points = 0;
  check.withheld = {};
}

void bring_into_order(TargetResult& target, const Plan& plan) {
  const auto never_run = msg("it was not run");
  bring_into_order(target.stages, plan.stages, [](const StageSpec& stage) -> std::optional<StageResult> {
    if (stage.checks.empty()) return std::nullopt;
    return StageResult{.id = stage.id, .title = stage.title, .verdict = Verdict::skip};
  });
  for (auto& stage : target.stages) {
    const auto spec = std::ranges::find(plan.stages, stage.id, &StageSpec::id);
    if (spec == plan.stages.end()) {
      std::ranges::for_each(stage.checks, make_worthless);
      continue;
    }
    stage.title = spec->title;
    bring_into_order(stage.checks, spec->checks,
                     [&](const CheckSpec& check) { return std::optional(result_of(check, Verdict::skip, never_run)); });
    for (auto& check : stage.checks) {
      const auto check_spec = std::ranges::find(spec->checks, check.id, &CheckSpec::id);
      if (check_spec == spec->checks.end())
        make_worthless(check);
      else
        take_words_and_worth(check, *check_spec, plan.grading);
    }
  }
}

Message why_withheld(const TargetResult& target, const StageResult& stage, const StageSpec& stage_spec,
                     const CheckSpec& check) {
  for (const auto& needed : check.needs)
    if (!has_passed(target, needed)) return msg("{check}, which it needs, did not pass", {{"check", needed}});
  if (stage_spec.credit == Credit::all_or_nothing && !check.bonus)
    for (const auto& other : stage.checks)
      if (!other.bonus && other.max_points > 0 && other.verdict != Verdict::pass)
        return msg("the stage counts as a whole, and {check} did not pass", {{"check", other.id}});
  return {};
}

void give_points(TargetResult& target, const Plan& plan) {
  for (auto& stage : target.stages) {
    const auto spec = std::ranges::find(plan.stages, stage.id, &StageSpec::id);
    if (spec == plan.stages.end()) continue;
    for (auto& check : stage.checks) {
      const auto check_spec = std::ranges::find(spec->checks, check.id, &CheckSpec::id);
      if (check_spec == spec->checks.end()) continue;
      const bool passed = check.verdict == Verdict::pass;
      if (passed) check.withheld = why_withheld(target, stage, *spec, *check_spec);
      check.points = passed && check.withheld.empty() ? check.max_points : 0;
    }
  }
}

double late_percent(const TargetResult& target, const GradingSpec& grading) {
  if (!target.student) return 0;
  const auto& student = *target.student;
  const auto due = seconds_of_utc(student.due.empty() ? grading.due : student.due);
  const auto handed_in = seconds_of_utc(student.submitted.empty() ? target.looked_at : student.submitted);
  if (!due || !handed_in) return 0;
  const auto late = static_cast<double>(*handed_in - *due) - 60.0 * grading.late.grace_minutes;
  if (late <= 0) return 0;
  return std::min(grading.late.most_percent, grading.late.percent_per_day * std::ceil(late / seconds_a_day));
}

}  // namespace

void mark(TargetResult& target, const Plan& plan) {
  target.not_graded = reason_not_graded(target);
  bring_into_order(target, plan);
  give_points(target, plan);
  target.penalty = 0;
  add_up(target);
  target.late_percent = late_percent(target, plan.grading);
  target.penalty = to_hundredths(target.score * target.late_percent / 100);
  add_up(target);
}

namespace {

bool saw_acceptance(const CheckResult& check) { return check.observed && check.observed->outcome == Outcome::accepted; }

// Returns true if that round accepted the client at any time: a negative check of TLS or MQTT is tried only after its
// control was accepted.
bool client_was_let_in(const TargetResult& look, const CheckResult& positive) {
  if (positive.verdict == Verdict::pass || saw_acceptance(positive)) return true;
  return std::ranges::any_of(look.stages, [&](const StageResult& stage) {
    return std::ranges::any_of(stage.checks, [&](const CheckResult& check) {
      return check.control == positive.id && check.observed && check.observed->by != By::network;
    });
  });
}

// A ban may last longer than the round that caused it.
bool was_locked_out(const TargetResult& later, const TargetResult& earlier) {
  return std::ranges::any_of(earlier.stages, [&](const StageResult& stage) {
    return std::ranges::any_of(stage.checks, [&](const CheckResult& check) {
      const auto* now = check.control.empty() ? find_check(later, check.id) : nullptr;
      return now != nullptr && now->verdict == Verdict::fail && !saw_acceptance(*now) &&
             check.verdict != Verdict::fail && client_was_let_in(earlier, check);
    });
  });
}

}  // namespace

void keep_failures(TargetResult& later, const TargetResult& earlier) {
  if (was_locked_out(later, earlier)) {
    auto kept = earlier.stages;
    for (auto& stage : kept) {
      for (auto& check : stage.checks) {
        const auto* now = check.control.empty() ? nullptr : find_check(later, check.id);
        if (now != nullptr && now->verdict == Verdict::fail && now->observed &&
            now->observed->outcome == Outcome::accepted)
          check = *now;
      }
      stage.verdict = verdict_of(stage.checks);
    }
    later.stages = std::move(kept);
    return;
  }
  for (auto& stage : later.stages) {
    for (auto& check : stage.checks) {
      const auto* before = check.control.empty() ? nullptr : find_check(earlier, check.id);
      if (before == nullptr || before->verdict != Verdict::fail || check.verdict == Verdict::fail) continue;
      check = *before;
      if (check.observed)
        check.observed->evidence.push_back(note(msg("seen in an earlier look of this run, and not in the next one")));
    }
    stage.verdict = verdict_of(stage.checks);
  }
}

Message reason_not_graded(const TargetResult& target) {
  if (!target.message.empty()) return target.message;
  std::vector<const CheckResult*> unjudged;
  bool something_was_judged = false;
  const CheckResult* first_skipped = nullptr;
  for (const auto& stage : target.stages) {
    for (const auto& check : stage.checks) {
      something_was_judged |= check.verdict == Verdict::pass || check.verdict == Verdict::fail;
      if (check.verdict == Verdict::skip && first_skipped == nullptr) first_skipped = &check;
      const auto* control = check.control.empty() ? nullptr : find_check(target, check.control);
      const bool is_brokers_fault = control != nullptr && control->verdict == Verdict::fail;
      // The broker refused our client because it requires a material that the target does not give.
      const bool lacks_what_is_demanded = check.verdict == Verdict::skip && check.observed;
      if ((check.verdict == Verdict::error && !is_brokers_fault) || lacks_what_is_demanded) unjudged.push_back(&check);
    }
  }
  // A silent broker is often the result of an earlier failure, such as a failed login.
  const auto closer = std::ranges::find_if(unjudged, [](const CheckResult* check) {
    return check->control.empty() && (!check->observed || check->verdict == Verdict::skip);
  });
  if (closer != unjudged.end()) return (*closer)->message;
  if (!unjudged.empty()) return unjudged.front()->message;
  if (something_was_judged) return {};
  return first_skipped == nullptr ? msg("nothing was run") : first_skipped->message;
}

}  // namespace mqtts::grading
