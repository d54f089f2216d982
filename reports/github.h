// Annotations of a GitHub Actions job.
#pragma once

#include <vector>

#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// Workflow commands (docs.github.com, "Workflow commands for GitHub Actions") for standard output, which the runner
// parses: ::error for each fail and for a broker that was not restored, ::warning for each error, ::notice for skips,
// most severe first, as the runner shows ten of a kind. One ::notice if there is nothing to report.
std::vector<File> github(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
