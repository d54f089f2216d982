// Converts a JSON tree to a Target.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/json/json.h"
#include "harness/model/target.h"

namespace mqtts::targets {

struct TargetContext {
  std::filesystem::path folder;  // absolute; base of relative paths
  std::string profile;           // the broker profile to use, a path being relative to the current folder; or empty
};

// Adds errors to `problems`, and those of a profile's file to `elsewhere`; with errors, the target is unusable.
Target read_target(const json::Node& root, const TargetContext& context, json::Diagnostics& problems,
                   std::vector<json::Diagnostic>& elsewhere);

}  // namespace mqtts::targets
