// Prompts at the terminal.
#pragma once

#include <string>

#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::cli {

// Writes `question` to the terminal and reads one line without echo, whatever the standard streams are.
// ErrorKind::local if there is no terminal, or this process is not in its foreground; timeout or interrupted. Restores
// the terminal in every case.
Result<std::string> ask_secret(const std::string& question, const Deadline& deadline,
                               const char* terminal = "/dev/tty");

}  // namespace mqtts::cli
