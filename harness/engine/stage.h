// The checks of one stage, against a broker that is as the stage wants it: controls, attempts, controls again.
#pragma once

#include <vector>

#include "harness/engine/closed_listener.h"
#include "harness/engine/run.h"
#include "harness/engine/waiting.h"

namespace mqtts::engine {

struct StageChecks {
  std::vector<CheckResult> results;  // in the order of the plan; only the checks that the options want
  SeenBesides seen;
};

// A control that is not wanted itself is run all the same when a wanted check leans on it. What `waiting` has seen is
// not attempted again.
StageChecks run_checks(const Plan& plan, const StageSpec& stage, Environment& environment, const Options& options,
                       const Deadline& deadline, Waiting& waiting);

}  // namespace mqtts::engine
