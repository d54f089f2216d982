// What a run of one target leaves behind: its summary on the console, and its reports.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/cli/output.h"
#include "harness/model/report.h"
#include "reports/formats.h"
#include "reports/translator.h"

namespace mqtts::cli {

// --out, or else reports/out/<run id>.
std::filesystem::path report_folder(const std::string& out, const RunInfo& run);

// Prints the summary of `report`, writes the reports that are wanted, and prints their paths. Returns the exit code of
// the run, or that of the error that kept a report from being written.
int write_and_print(Report& report, const std::string& out, const ConsoleOptions& options,
                    const std::vector<reports::ReportRequest>& wanted, const reports::Translator& tr,
                    const Console& console);

}  // namespace mqtts::cli
