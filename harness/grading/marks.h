// From verdicts to points: pure functions, and the only place where marks are made.
#pragma once

#include <string>
#include <vector>

#include "harness/model/plan.h"
#include "harness/model/report.h"

namespace mqtts::grading {

// Gives a target's checks the points that `plan` says they are worth, by the verdicts that they have, and takes off
// what being late costs. The verdicts stay as they are, so that it can be done again with another plan: checks that
// the plan does not know are worth nothing, and those that it knows and nobody has run are skipped ones.
void mark(TargetResult& target, const Plan& plan);

// Gives `later`, a look at the same broker a moment after `earlier`, the fails of its negative checks that it did not
// see again: what let somebody in then lets somebody in. The rest of `earlier` is over, unless `later` does not let in
// a client that `earlier` did: then a limit or a ban came between, and `later` counts for no more than who was let in
// and should not have been. Before mark().
void keep_failures(TargetResult& later, const TargetResult& earlier);

// Why there can be no mark: nobody could be asked, or a check could not be judged for a reason that is not the
// broker's. Empty if there can. An unjudged check whose control was turned away is the broker's own fault.
Message reason_not_graded(const TargetResult& target);

}  // namespace mqtts::grading
