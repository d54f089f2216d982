// One check in a student's report.
#pragma once

#include <string>

#include "harness/model/report.h"
#include "reports/html/page.h"

namespace mqtts::reports {

// A collapsible line, collapsed if there is nothing to fix. `id` is the element's.
void add_check(Node list, const CheckResult& check, const std::string& id, const HtmlWriter& writer);

}  // namespace mqtts::reports
