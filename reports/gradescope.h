// Gradescope's results.json, for an autograder that observes a student's broker.
#pragma once

#include <vector>

#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// "gradescope.json" (gradescope-autograders.readthedocs.io/en/latest/specs), or "gradescope.<target>.json" if there are
// several targets. Made from the complete result, not from the students' view: Gradescope hides the file from students,
// shows all of it to instructors, and knows when the due date has passed; so each test has its own `visibility`. It
// cannot limit the detail of a failure (full, actual, none): that is left out here. An ungraded target has no score,
// and Gradescope asks for a human.
std::vector<File> gradescope(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
