// What students are told of their own results. Pure.
#pragma once

#include <string>

#include "harness/model/report.h"

namespace mqtts::grading {

// What they may see at `now` (ISO 8601, UTC). Checks that may not be seen are counted in their stage, and are not
// there; of those that did not pass, what their detail says; of the class, nothing. Points stay as they are.
Report for_students(Report report, const std::string& now);

}  // namespace mqtts::grading
