// Reads the password for sudo on the broker's host from a local file.
#pragma once

#include <string>

#include "harness/util/error.h"

namespace mqtts::ssh {

// Returns the file's first line, without its end. ErrorKind::local if it cannot be read or the line is empty, denied if
// others than its owner may read it: an error and no mere warning, as with SSH's private keys.
Result<std::string> read_sudo_password(const std::string& file);

}  // namespace mqtts::ssh
