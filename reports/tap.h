// The Test Anything Protocol, for `prove` and other readers.
#pragma once

#include <vector>

#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// "results.tap": version 13 (testanything.org/tap-version-13-specification.html), because Perl's reader rejects 14. A
// test is "stage/check", with the target before it if there are several. A fail and an error are `not ok`, with a YAML
// block that gives the reason; a skip has its directive.
std::vector<File> tap(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
