// A whole file, for the readers of JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/json/diagnostic.h"

namespace mqtts::json {

// The file's bytes, but no more than one more than we take: the parser then says so. Tells `problems` if it cannot be
// read.
std::optional<std::string> read_bytes(const std::string& path, std::vector<Diagnostic>& problems);

}  // namespace mqtts::json
