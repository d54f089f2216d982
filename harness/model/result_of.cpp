#include "harness/model/result_of.h"

#include <algorithm>
#include <utility>

namespace mqtts {

ChosenHint hint_of(const CheckSpec& check, const std::optional<Observation>& seen) {
  const auto fits = [&](const Hint& hint) {
    if (!matches(hint.when, *seen)) return false;
    const auto facts = facts_of(*seen);
    return std::ranges::all_of(hint.when.facts, [&](const Predicate& it) {
      const auto fact = facts.find(it.fact);
      const auto* wanted = std::get_if<FactValue>(&it.wanted);
      return fact != facts.end() && wanted != nullptr && holds(it.comparison, fact->second, *wanted);
    });
  };
  const auto found = seen ? std::ranges::find_if(check.hints, fits) : check.hints.end();
  return found == check.hints.end() ? ChosenHint{check.hint, {}} : ChosenHint{found->text, found->see};
}

CheckResult result_of(const CheckSpec& check, Verdict verdict, Message why) {
  return {.id = check.id,
          .title = check.title,
          .hint = check.hint,
          .tags = check.tags,
          .verdict = verdict,
          .points = verdict == Verdict::pass ? check.points : 0,
          .max_points = check.points,
          .control = check.control,
          .changed = check.changed,
          .expected = check.expected,
          .message = std::move(why),
          .severity = check.severity,
          .references = check.references};
}

}  // namespace mqtts
