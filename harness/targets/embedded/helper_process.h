// Starts the embedded host's program and reads its output.
#pragma once

#include <string>
#include <vector>

#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/util/process.h"

namespace mqtts::targets {

// Starts mqtts-embedded-host with `arguments`, from the folder of this program, from ../libexec/mqtts-harness, or from
// $MQTTS_HARNESS_EMBEDDED_HOST. ErrorKind::missing_program or local.
Result<Helper> spawn_embedded_host(const std::vector<std::string>& arguments);

// Reads the one line that mqtts-embedded-host writes; returns the path of its target file, or its error.
Result<std::string> read_target_file(const Helper& helper, const Deadline& deadline);

}  // namespace mqtts::targets
