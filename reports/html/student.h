// The report for people: one page for each target, for a student or for whoever has run the plan.
#pragma once

#include <vector>

#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts {
struct Report;
}

namespace mqtts::reports {

// "report.html" of a report with one target, else "<target>.html" each, no two alike. A page is whole: it needs no
// network, no script and no other file.
std::vector<File> html(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
