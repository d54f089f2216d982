#include "harness/engine/waiting.h"

#include <algorithm>
#include <utility>

#include "harness/engine/judge.h"

namespace mqtts::engine {
namespace {

bool tells_facts(const CheckSpec& check, const Observation& seen) {
  return std::ranges::none_of(check.expected, [&](const Expected& wanted) {
    return engine::judge_facts(wanted, seen, {}).say == FactsSay::unknown;
  });
}

}  // namespace

void Waiting::begin() {
  if (options_.mode != Mode::observe || options_.stages != Stages::are_groups ||
      options_.permission != Permission::gentle || environment_.host != nullptr)
    return;
  for (const auto& stage : plan_.stages)
    for (const auto& check : stage.checks)
      if (check.probe.waits && !check.is_negative() && options_.wants_stage(stage) && options_.wants_check(check))
        begin(check);
}

void Waiting::begin(const CheckSpec& check) {
  auto attempt = attempts_.prepared(check, check.id + " beside others", check.client, check.probe);
  if (!attempt) return;
  environment_.progress.waiting_for(msg("{check}", {{"check", check.id}}));
  auto& one = all_[check.id];
  attempt->begins_to_wait = [&one] {
    one.waited = true;
    one.goes_on.release();
  };
  one.attempted = std::async(std::launch::async, [this, &one, &check, attempt = *std::move(attempt)] {
    auto attempted = attempts_.make(attempt, check, Log::leave);
    one.goes_on.release();
    return attempted;
  });
  one.goes_on.acquire();
}

bool Waiting::holds_any_of(const StageSpec& stage) const {
  return std::ranges::any_of(stage.checks, [this](const CheckSpec& check) { return all_.contains(check.id); });
}

std::optional<Attempted> Waiting::seen_by(const CheckSpec& check) {
  const auto found = all_.find(check.id);
  if (found == all_.end()) return std::nullopt;
  auto& one = found->second;
  auto attempted = one.attempted.get();
  const bool waited = one.waited;
  all_.erase(found);
  if (!attempted.seen) return std::nullopt;
  // Who was not let in before others came was not kept out by them.
  if (!waited && attempted.seen->outcome != Outcome::accepted) return attempted;
  return tells_facts(check, *attempted.seen) ? std::optional(std::move(attempted)) : std::nullopt;
}

}  // namespace mqtts::engine
