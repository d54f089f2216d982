// Reads and writes the folder of a class run.
#pragma once

#include <filesystem>
#include <optional>

#include "harness/model/report.h"
#include "harness/util/error.h"
#include "reports/translator.h"

namespace mqtts::grading {

// Returns the class run in `folder`, complete or not; none if there is none. ErrorKind::local, ErrorKind::invalid_input
// if its results.json cannot be read.
Result<std::optional<RunInfo>> run_in(const std::filesystem::path& folder);

// Writes the class's results.json without targets: from then on, a killed run can be resumed.
Result<void> begin_run_in(const std::filesystem::path& folder, const RunInfo& run, const reports::Translator& tr);

// Returns the result of `student` that the class run `run` wrote; none if it is missing, incomplete, of another row of
// the roster or of another run.
std::optional<TargetResult> result_in(const std::filesystem::path& folder, const Student& student, const RunInfo& run);

}  // namespace mqtts::grading
