// Computes points from verdicts. Pure; no other module computes points.
#pragma once

#include <string>
#include <vector>

#include "harness/model/plan.h"
#include "harness/model/report.h"

namespace mqtts::grading {

// Sets the points of a target's checks by `plan` and their verdicts, and deducts the late penalty. Verdicts stay as
// they are, so that another plan can be applied later: checks that the plan does not have earn nothing, and checks of
// the plan that were not run are added as skipped.
void mark(TargetResult& target, const Plan& plan);

// Copies into `later` the fails of negative checks of `earlier`, a previous round with the same broker, that `later`
// did not see again: a broker that accepted a forbidden client once is not secure. The rest of `earlier` is dropped,
// unless `later` rejects a client that `earlier` accepted (a rate limit or a ban): then `earlier` counts, with the
// forbidden clients that `later` accepted. Call it before mark().
void keep_failures(TargetResult& later, const TargetResult& earlier);

// Returns why no score is possible: the broker was unreachable, or a check was not judged for a reason other than the
// broker. Else empty. A check not judged because its control was refused is the broker's fault.
Message reason_not_graded(const TargetResult& target);

}  // namespace mqtts::grading
