// Loads target files: reads, validates and converts them. Reports all problems at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/diagnostic.h"
#include "harness/model/target.h"

namespace mqtts::targets {

struct LoadedTarget {
  std::optional<Target> target;            // set if and only if there is no problem
  std::vector<json::Diagnostic> problems;  // by position, at most 100; then those of the broker profile that it names
};

// Relative paths in the file are relative to the file's folder. `profile`, a name or a path relative to the current
// folder, replaces the profile that the file names; empty: the file's.
LoadedTarget load_target(const std::string& path, const std::string& profile = {});

// The same for a text in memory; `path` gives the folder.
LoadedTarget parse_target(std::string_view text, const std::string& path, const std::string& profile = {});

}  // namespace mqtts::targets
