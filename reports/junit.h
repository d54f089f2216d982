// JUnit XML, as Jenkins, GitLab, GitHub actions and Azure read it; valid by Jenkins' junit-10.xsd.
#pragma once

#include <vector>

#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// One file per target, "TEST-<plan>.<target>.xml": a suite per stage, a case per check. What went wrong
// outside every check (the broker was not put back, nothing could be judged) is an `error` case of the suite
// "harness". So no file is without a case, and none is all green when the exit code is not 0.
std::vector<File> junit(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
