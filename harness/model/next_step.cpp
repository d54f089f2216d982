#include "harness/model/next_step.h"

#include <algorithm>

namespace mqtts {
namespace {

// A positive check without TLS, where a check of a later stage has passed.
bool would_open_again(const TargetResult& target, const Step& step) {
  const auto& check = target.stages[step.stage].checks[step.check];
  if (!check.control.empty() || (check.observed && check.observed->tls)) return false;
  const auto later = target.stages.begin() + static_cast<std::ptrdiff_t>(step.stage) + 1;
  return std::any_of(later, target.stages.end(), [](const StageResult& stage) {
    return std::ranges::any_of(stage.checks, [](const CheckResult& it) {
      return it.verdict == Verdict::pass && it.observed && it.observed->tls;
    });
  });
}

// How early it is mended; less is earlier.
int rank_of(const TargetResult& target, const Step& step) {
  const auto verdict = target.stages[step.stage].checks[step.check].verdict;
  if (would_open_again(target, step)) return 2;
  return verdict == Verdict::fail ? 0 : 1;
}

}  // namespace

std::optional<Step> next_step(const TargetResult& target) {
  std::optional<Step> next;
  for (std::size_t stage = 0; stage < target.stages.size(); ++stage)
    for (std::size_t check = 0; check < target.stages[stage].checks.size(); ++check) {
      if (target.stages[stage].checks[check].verdict == Verdict::pass) continue;
      const Step step{stage, check};
      if (!next || rank_of(target, step) < rank_of(target, *next)) next = step;
    }
  return next;
}

Advice advice_for(const TargetResult& target, const Step& step) {
  if (!target.not_restarted.empty()) return {.hint = {}, .message = target.not_restarted};
  const auto& stage = target.stages[step.stage];
  const auto& check = stage.checks[step.check];
  if (check.verdict == Verdict::fail && !check.hint.en.empty()) return {.hint = check.hint, .message = {}};
  return {.hint = {}, .message = check.message.empty() ? stage.message : check.message};
}

}  // namespace mqtts
