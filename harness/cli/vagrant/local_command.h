// Runs a program of this machine and reads what it says.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/model/deadline.h"
#include "harness/model/error.h"

namespace mqtts::cli {

struct LocalOutput {
  int status = 0;   // exit code, or 128 + the number of the signal that ended it
  std::string out;  // 1 MiB at most
  std::string err;
};

// `command` is looked for in PATH and started without a shell, in `folder`, with nothing to read. ErrorKind::
// missing_program, timeout, interrupted (it is then killed, with all that it has started in its process group), local.
Result<LocalOutput> run_local(const std::vector<std::string>& command, const std::filesystem::path& folder,
                              const Deadline& deadline);

}  // namespace mqtts::cli
