// Run metadata and report selection, shared by the commands that judge.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/app.h"
#include "harness/model/plan.h"
#include "harness/model/report.h"
#include "harness/util/error.h"
#include "reports/formats.h"

namespace mqtts::cli {

// Metadata of a run that starts now. `arguments` are the process's; values of variables, maybe secret, are left out.
RunInfo run_info(const Plan& plan, const std::vector<std::string>& arguments);

// --report; `description` is for translate_help.
void add_report_option(CLI::App& command, std::vector<std::string>& reports, const std::string& description);

// Returns the reports that --report requests, or else `by_default`, and always results.json. ErrorKind::usage.
Result<std::vector<reports::ReportRequest>> wanted_reports(const std::vector<std::string>& asked,
                                                           const std::vector<std::string>& by_default);

}  // namespace mqtts::cli
