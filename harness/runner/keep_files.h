// Keeps what the commands in a result's evidence need, when the run's own folder is gone.
#pragma once

#include <filesystem>

#include "harness/model/report.h"
#include "harness/util/error.h"

namespace mqtts::runner {

// Copies each KeptFile of the evidence to where its command names it, seen from `folder`: mode 0600, in a folder of
// mode 0700; replaces what an earlier run has left there. ErrorKind::local, naming the first that cannot be kept.
Result<void> keep_files(const TargetResult& result, const std::filesystem::path& folder);

}  // namespace mqtts::runner
