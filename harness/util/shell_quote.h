// Words of a POSIX shell (IEEE Std 1003.1, Shell Command Language, 2.2.2).
#pragma once

#include <string>

namespace mqtts {

// `text` in single quotes: one word of the shell, whatever bytes but NUL it has.
std::string shell_quoted(const std::string& text);

// The same for commands that people read and paste: without quotes where none are needed.
std::string shell_word(const std::string& text);

}  // namespace mqtts
