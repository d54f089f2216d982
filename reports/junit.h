// JUnit XML, as Jenkins, GitLab, GitHub actions and Azure read it; valid by Jenkins' junit-10.xsd.
#pragma once

#include <vector>

#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// One file for each target, "TEST-<plan>.<target>.xml": a suite for each stage, a case for each check. Each error
// outside every check (the broker was not restored, nothing could be judged) is an `error` case of the suite "harness".
// So every file has a case, and none is all green unless the exit code is 0.
// What held only with something set aside is an `error`.
std::vector<File> junit(const Report& report, const Translator& tr);

// The same with each `error` as a `failure`, for readers that show errors as passed.
std::vector<File> junit_without_errors(const Report& report, const Translator& tr);

}  // namespace mqtts::reports
