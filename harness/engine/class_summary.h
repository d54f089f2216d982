// What only shows when many targets are seen together. Pure.
#pragma once

#include <vector>

#include "harness/model/report.h"

namespace mqtts::engine {

// Causes: checks that did not pass for the same reason, and for the same targets, are one; a check that could not be
// judged because its control did not pass is no cause of its own. Copies: what two targets or more share.
ClassSummary summarise(const std::vector<TargetResult>& targets);

}  // namespace mqtts::engine
