#include "harness/model/next_step.h"

#include <algorithm>

namespace mqtts {
namespace {

constexpr std::size_t most_referrals = 4;

// A positive check without TLS, where something has answered a check of a later stage.
bool would_open_again(const TargetResult& target, const Step& step) {
  const auto& check = target.stages[step.stage].checks[step.check];
  if (!check.control.empty() || (check.observed && check.observed->tls)) return false;
  const auto later = target.stages.begin() + static_cast<std::ptrdiff_t>(step.stage) + 1;
  return std::any_of(later, target.stages.end(), [](const StageResult& stage) {
    return std::ranges::any_of(stage.checks, [](const CheckResult& it) {
      return it.control.empty() && it.observed && it.observed->by != By::network;
    });
  });
}

// How early it is mended; less is earlier.
int rank_of(const TargetResult& target, const Step& step) {
  const auto verdict = target.stages[step.stage].checks[step.check].verdict;
  if (would_open_again(target, step)) return 2;
  return verdict == Verdict::fail ? 0 : 1;
}

std::optional<Step> find_open(const TargetResult& target, const std::string& id) {
  for (std::size_t stage = 0; stage < target.stages.size(); ++stage)
    for (std::size_t check = 0; check < target.stages[stage].checks.size(); ++check)
      if (const auto& it = target.stages[stage].checks[check]; it.id == id && it.verdict != Verdict::pass)
        return Step{stage, check};
  return std::nullopt;
}

// The check that is mended instead, as far as it has not passed; two may refer to each other.
Step referred(const TargetResult& target, Step step) {
  for (std::size_t i = 0; i < most_referrals; ++i) {
    const auto& check = target.stages[step.stage].checks[step.check];
    const auto other = check.see.empty() ? std::nullopt : find_open(target, check.see);
    if (!other) break;
    step = *other;
  }
  return step;
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
  return next ? referred(target, *next) : next;
}

Advice advice_for(const TargetResult& target, const Step& step) {
  if (!target.not_restarted.empty()) return {.hint = {}, .message = target.not_restarted};
  const auto& stage = target.stages[step.stage];
  const auto& check = stage.checks[step.check];
  if (check.verdict == Verdict::fail && !check.hint.en.empty()) return {.hint = check.hint, .message = {}};
  return {.hint = {}, .message = check.message.empty() ? stage.message : check.message};
}

}  // namespace mqtts
