// The broker's progress through the plan's stages, and the next step.
#pragma once

#include <cstddef>
#include <string>

#include "harness/model/next_step.h"
#include "harness/model/report.h"
#include "reports/html/page.h"

namespace mqtts::reports {

// Ids of elements: numbered, as names come from other people.
std::string stage_id(std::size_t stage);
std::string check_id(std::size_t stage, std::size_t check);

// The number of stages that pass before the first that does not.
std::size_t stages_held(const TargetResult& target);

void add_ladder(Node main, const TargetResult& target, const HtmlWriter& writer);
void add_next_step(Node main, const TargetResult& target, const HtmlWriter& writer);

}  // namespace mqtts::reports
