// Local files: those that a target names, and those that we write.
#pragma once

#include <string>

#include "harness/model/materials.h"
#include "harness/util/error.h"

namespace mqtts::pki {

// Reads the whole file. ErrorKind::local, naming it, if it cannot be read, is no regular file, or is larger than 1 MiB.
Result<Pem> read_pem(const std::string& path);

// Writes a new file of mode 0600. ErrorKind::local if the name exists already, or the file cannot be written.
Result<Pem> write_pem(const std::string& path, std::string text);

}  // namespace mqtts::pki
