// The summary of a class run for a terminal or a CI log.
#pragma once

#include <string>

#include "harness/model/report.h"
#include "reports/style.h"
#include "reports/translator.h"

namespace mqtts::reports {

// Prints the number of graded students, their average, the checks that most did not pass, the copies, and the ungraded
// students. Ends with a newline. Hostile texts are made plain; escape sequences come only from `style`.
std::string class_summary(const Report& report, const Translator& tr, const Style& style);

}  // namespace mqtts::reports
