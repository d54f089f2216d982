// The one next step: what whoever works on a broker mends first. The same in every report.
#pragma once

#include <cstddef>
#include <optional>

#include "harness/model/report.h"

namespace mqtts {

struct Step {
  std::size_t stage = 0;
  std::size_t check = 0;
  bool operator==(const Step&) const = default;
};

// The first failed check, or else the first that did not pass; none if all passed. A port in clear that was not let in
// comes after all else where the broker has answered a later stage's client: nobody is told to open it again. Where the check's hint names
// another one, which did not pass, that one is it.
std::optional<Step> next_step(const TargetResult& target);

// What to do about it: the plan's hint or a sentence of ours; the other one is empty.
struct Advice {
  LocalText hint;
  Message message;
};

// A restart, where the broker may not know of its configuration; else the failed check's hint, or the reason why it did
// not pass. A hint says how to mend what was seen to be wrong, so a check that could not be judged gives none.
Advice advice_for(const TargetResult& target, const Step& step);

}  // namespace mqtts
