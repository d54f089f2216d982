// A summary for the page of a CI job.
#pragma once

#include <vector>

#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// "summary.md", in GitHub Flavored Markdown, for $GITHUB_STEP_SUMMARY. For a target: its stages, and the checks that
// did not pass with expected and observed values, hint and log. For a class: a line for each student, the common
// causes, the copies, and the ungraded students.
std::vector<File> markdown(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
