// SARIF 2.1.0 (OASIS), for GitHub's code scanning and other dashboards.
#pragma once

#include <vector>

#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// "results.sarif": a rule for each check, a result for each fail (level "error") and each error (level "warning"). Code
// scanning only shows results in a file of the repository (docs.github.com, "SARIF support for code scanning"), so each
// result points to line 1 of the plan's file; its target is its logical location, and its fingerprint identifies it.
std::vector<File> sarif(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
