// The broker's progress through the plan's stages, and the next step.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "harness/model/report.h"
#include "reports/html/page.h"

namespace mqtts::reports {

// Ids of elements: numbered, as names come from other people.
std::string stage_id(std::size_t stage);
std::string check_id(std::size_t stage, std::size_t check);

struct Step {
  std::size_t stage = 0;
  std::size_t check = 0;
  bool operator==(const Step&) const = default;
};

// The first failed check; if none failed, the first that did not pass. None: every check passed.
std::optional<Step> next_step(const TargetResult& target);

// The number of stages that pass before the first that does not.
std::size_t stages_held(const TargetResult& target);

void add_ladder(Node main, const TargetResult& target, const HtmlWriter& writer);
void add_next_step(Node main, const TargetResult& target, const HtmlWriter& writer);

}  // namespace mqtts::reports
