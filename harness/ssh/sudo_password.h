// The password that sudo on the broker's host asks for, from a file of this machine.
#pragma once

#include <string>

#include "harness/util/error.h"

namespace mqtts::ssh {

// The file's first line, without its end. ErrorKind::local if it cannot be read or the line is empty, denied if others
// than its owner may read it: as with SSH's private keys, that is refused and not only warned of.
Result<std::string> read_sudo_password(const std::string& file);

}  // namespace mqtts::ssh
