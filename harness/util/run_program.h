// Runs a program of this machine to its end and reads what it says.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts {

struct LocalOutput {
  int status = 0;   // exit code, or 128 + the number of the signal that ended it
  std::string out;  // hostile
  std::string err;
};

// `command` is looked for in PATH and started without a shell, in `folder`, with nothing to read. ErrorKind::
// missing_program; timeout or interrupted (it is then ended, with all that it has started, and Error::detail holds
// the last of what it said); local.
Result<LocalOutput> run_local(const std::vector<std::string>& command, const std::filesystem::path& folder,
                              const Deadline& deadline);

// The last of what a program said, for an error's detail: its reason stands there.
std::string last_words(const std::string& output);

}  // namespace mqtts
