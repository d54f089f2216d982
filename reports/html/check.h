// One check in a student's report.
#pragma once

#include <string>

#include "harness/model/report.h"
#include "reports/html/page.h"

namespace mqtts::reports {

// A line that unfolds; folded if there is nothing to mend. `id` is the element's.
void add_check(Node list, const CheckResult& check, const std::string& id, const HtmlWriter& writer);

}  // namespace mqtts::reports
