// Quotes words for a POSIX shell (IEEE Std 1003.1, Shell Command Language, 2.2.2).
#pragma once

#include <string>

namespace mqtts {

// Returns `text` in single quotes: one shell word, for all bytes but NUL.
std::string shell_quoted(const std::string& text);

// The same for commands that people read and paste: quotes only where needed.
std::string shell_word(const std::string& text);

}  // namespace mqtts
