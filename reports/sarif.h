// SARIF 2.1.0 (OASIS), as GitHub's code scanning and other dashboards read it.
#pragma once

#include <vector>

#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// "results.sarif": a rule for each check, a result for each fail (level "error") and each error (level "warning"). Code
// scanning shows only what lies in a file of the repository (docs.github.com, "SARIF support for code scanning"), so a
// result lies at the head of the plan's file; who it is of is its logical location, and its fingerprint tells it apart.
std::vector<File> sarif(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
