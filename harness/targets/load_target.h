// Target files: read, checked whole, and made into structs. Every problem is told at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/diagnostic.h"
#include "harness/model/target.h"

namespace mqtts::targets {

struct LoadedTarget {
  std::optional<Target> target;            // there if and only if there is no problem
  std::vector<json::Diagnostic> problems;  // by place, 100 at most; then those of a broker profile that it names
};

// Relative paths in the file become absolute: they are meant from the file's own folder. `profile`, a name or a path
// from the current folder, is taken instead of the profile that the file names; empty: the file's.
LoadedTarget load_target(const std::string& path, const std::string& profile = {});

// The same for a text in memory; `path` tells the folder.
LoadedTarget parse_target(std::string_view text, const std::string& path, const std::string& profile = {});

}  // namespace mqtts::targets
