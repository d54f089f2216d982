// The end of a class run, told on a terminal or in a CI log.
#pragma once

#include <string>

#include "harness/model/report.h"
#include "reports/style.h"
#include "reports/translator.h"

namespace mqtts::reports {

// How many have a mark and what it is on average, what most did not reach, who shares what, who has no mark and why.
// Ends with a newline. Hostile texts are made plain; nothing but `style` puts an escape in.
std::string class_summary(const Report& report, const Translator& tr, const Style& style);

}  // namespace mqtts::reports
