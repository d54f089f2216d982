// Reads a whole file for the JSON readers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/json/diagnostic.h"

namespace mqtts::json {

// Reads at most most_bytes + 1 bytes, so that the parser can report an oversized file. Adds to `problems` if the file
// cannot be read.
std::optional<std::string> read_bytes(const std::string& path, std::vector<Diagnostic>& problems);

}  // namespace mqtts::json
