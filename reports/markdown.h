// A summary for a CI job's page.
#pragma once

#include <vector>

#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// "summary.md", in GitHub Flavored Markdown, as $GITHUB_STEP_SUMMARY takes it. Of a target: its stages, and what did
// not hold with expected, seen, hint and log. Of a class: a line a student, what went wrong for how many, who shares
// what, and who has no mark.
std::vector<File> markdown(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
