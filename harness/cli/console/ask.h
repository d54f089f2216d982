// Asks a person at the terminal.
#pragma once

#include <string>

#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::cli {

// Writes `question` to the terminal and reads one line that is not shown, whatever the standard streams are.
// ErrorKind::local if there is no terminal, or we are not in its foreground; timeout or interrupted. Its `terminal` is
// as it was in every case.
Result<std::string> ask_secret(const std::string& question, const Deadline& deadline,
                               const char* terminal = "/dev/tty");

}  // namespace mqtts::cli
