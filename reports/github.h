// Annotations of a GitHub Actions job.
#pragma once

#include <vector>

#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// Workflow commands (docs.github.com, "Workflow commands for GitHub Actions"), for standard output, where the runner
// reads them: ::error for each fail and for a broker that was not put back, ::warning for what could not be judged,
// ::notice for skips, the gravest first, as the runner shows ten of a kind. If there is nothing to say, one ::notice.
std::vector<File> github(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
