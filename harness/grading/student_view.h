// The student's view of a report. Pure.
#pragma once

#include <string>

#include "harness/model/report.h"

namespace mqtts::grading {

// Returns the report as students may see it at `now` (ISO 8601, UTC). Hidden checks are removed and counted in their
// stage; a check that did not pass keeps what its `detail` allows; the class summary is removed. Points stay.
Report for_students(Report report, const std::string& now);

}  // namespace mqtts::grading
