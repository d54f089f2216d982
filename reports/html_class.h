// The report of a class, for its instructor: one page.
#pragma once

#include <vector>

#include "reports/files.h"
#include "reports/words.h"

namespace mqtts {
struct Report;
}

namespace mqtts::reports {

// "class.html". Each student's page is expected beside it, as `<name of the target>/report.html`.
std::vector<File> html_class(const Report& report, const Words& words);

}  // namespace mqtts::reports
