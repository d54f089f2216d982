// The Common Test Report Format (ctrf.io).
#pragma once

#include <vector>

#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// "ctrf-report.json", valid by the schema of the npm package ctrf. The format has no status for a check that could not
// be judged: an `error` is "failed", so that no reader ignores it, and its rawStatus is "error".
std::vector<File> ctrf(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
