// What a class run leaves on disk, and what a later one finds there.
#pragma once

#include <filesystem>
#include <optional>

#include "harness/model/report.h"
#include "harness/util/error.h"
#include "reports/translator.h"

namespace mqtts::grading {

// The class run that `folder` holds, begun or ended; none if there is none. ErrorKind::local, ErrorKind::invalid_input
// if its results.json cannot be read.
Result<std::optional<RunInfo>> run_in(const std::filesystem::path& folder);

// Writes the class's results.json without targets: a run that is killed can be gone on with from then on.
Result<void> begin_run_in(const std::filesystem::path& folder, const RunInfo& run, const reports::Translator& tr);

// The result that the class run `run` has left of `student`; none if there is none that is whole, of the same row of
// the roster, and of that run.
std::optional<TargetResult> result_in(const std::filesystem::path& folder, const Student& student, const RunInfo& run);

}  // namespace mqtts::grading
