// Gradescope's results.json, for an autograder that observes a student's broker.
#pragma once

#include <vector>

#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// "gradescope.json" (gradescope-autograders.readthedocs.io/en/latest/specs), or "gradescope.<target>.json" if there are
// several targets. Made from the whole result, and not from what a student may see now: Gradescope keeps the file from
// students, shows instructors all of it, and knows when the due date has passed; so each test says by its `visibility`
// who may see it. How much a failure tells (full, actual, none) it cannot hide by itself: that is left out here.
// Where there is no mark, no score stands there, and Gradescope asks for a human.
std::vector<File> gradescope(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
