// What the results say of a run as a whole, and which reports are made of them: alike for all commands that judge.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/app.h"
#include "harness/model/plan.h"
#include "harness/model/report.h"
#include "harness/util/error.h"
#include "reports/formats.h"

namespace mqtts::cli {

// A run that begins now. `arguments` are the process's; the values of variables, which may be secrets, are left out.
RunInfo run_info(const Plan& plan, const std::vector<std::string>& arguments);

// --report
void add_report_option(CLI::App& command, std::vector<std::string>& reports, const std::string& by_default);

// What --report asks for, or else `by_default`; results.json always. ErrorKind::usage.
Result<std::vector<reports::ReportRequest>> wanted_reports(const std::vector<std::string>& asked,
                                                           const std::vector<std::string>& by_default);

}  // namespace mqtts::cli
