// From a check as the plan states it to its result.
#pragma once

#include "harness/model/plan.h"
#include "harness/model/report.h"

namespace mqtts {

// The result of a check without an observation: `why` says why the verdict.
CheckResult result_of(const CheckSpec& check, Verdict verdict, Message why);

}  // namespace mqtts
