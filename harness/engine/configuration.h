// The broker's configuration at a stage: stages build on each other.
#pragma once

#include <string>
#include <vector>

#include "harness/model/plan.h"

namespace mqtts::engine {

// `stage` and all that it builds on, the first one first.
std::vector<const StageSpec*> ladder_to(const Plan& plan, const StageSpec& stage);

// `base`, then what each stage up to `stage` adds, less what a later one of them takes away, in order.
std::vector<std::string> configuration_lines(const Plan& plan, const StageSpec& stage,
                                             const std::vector<std::string>& base);

}  // namespace mqtts::engine
