// The class report for the instructor: one page.
#pragma once

#include <vector>

#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts {
struct Report;
}

namespace mqtts::reports {

// "class.html". Names link to their targets' pages.
std::vector<File> html_class(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
