// Starts the program that is the embedded host, and hears what it says.
#pragma once

#include <string>
#include <vector>

#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/util/process.h"

namespace mqtts::targets {

// Starts mqtts-embedded-host with `arguments`: it lies beside our own program, or in ../libexec/mqtts-harness, or
// where $MQTTS_HARNESS_EMBEDDED_HOST says. ErrorKind::missing_program or local.
Result<Helper> spawn_embedded_host(const std::vector<std::string>& arguments);

// Reads the one line that mqtts-embedded-host writes, and returns the path of its target file, or its own error.
Result<std::string> read_target_file(const Helper& helper, const Deadline& deadline);

}  // namespace mqtts::targets
