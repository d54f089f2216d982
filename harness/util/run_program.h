// Runs a program of this machine to its end and returns its output.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts {

struct LocalOutput {
  int status = 0;   // exit code, or 128 + the number of the signal that ended it
  std::string out;  // hostile text
  std::string err;
};

// Finds `command` in PATH and starts it without a shell, in `folder`, with empty standard input.
// ErrorKind::missing_program; timeout or interrupted (the program and all that it started are then ended, and
// Error::detail holds the end of its output); local.
Result<LocalOutput> run_local(const std::vector<std::string>& command, const std::filesystem::path& folder,
                              const Deadline& deadline);

// Returns the end of a program's output, for an error's detail: the reason is there.
std::string last_words(const std::string& output);

}  // namespace mqtts
