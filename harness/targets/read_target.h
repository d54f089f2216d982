// From a JSON tree to a Target.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/json/json.h"
#include "harness/model/target.h"

namespace mqtts::targets {

struct TargetContext {
  std::filesystem::path folder;  // absolute; relative paths are meant from it
  std::string profile;           // the broker profile to take, a path being meant from the current folder; or empty
};

// What is wrong is in `problems`, and with a profile's file in `elsewhere`; the target is then not fit for use.
Target read_target(const json::Node& root, const TargetContext& context, json::Diagnostics& problems,
                   std::vector<json::Diagnostic>& elsewhere);

}  // namespace mqtts::targets
