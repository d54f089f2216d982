// Makes the result of a check from its specification.
#pragma once

#include "harness/model/plan.h"
#include "harness/model/report.h"

namespace mqtts {

// The result of a check without an observation; `why` is the reason for the verdict.
CheckResult result_of(const CheckSpec& check, Verdict verdict, Message why);

}  // namespace mqtts
