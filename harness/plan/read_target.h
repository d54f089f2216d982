// From a JSON tree to a Target.
#pragma once

#include <filesystem>

#include "harness/model/target.h"
#include "harness/plan/json.h"

namespace mqtts::plan {

// Relative paths are meant from `folder`, which is absolute. What is wrong is in `problems`, and the target is then
// not fit for use.
Target read_target(const Node& root, const std::filesystem::path& folder, Problems& problems);

}  // namespace mqtts::plan
