// The HTML report: one page for each target, for a student or the person who ran the plan.
#pragma once

#include <vector>

#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts {
struct Report;
}

namespace mqtts::reports {

// "report.html" for a report with one target, else a distinct "<target>.html" for each. A page is self-contained: no
// network, no script and no other file.
std::vector<File> html(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
