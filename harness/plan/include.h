// `include`: plans that share stages and materials.
#pragma once

#include <string>

#include "harness/json/json.h"

namespace mqtts::plan {

// Reads the files that the plan `root` names in "include", relative to the folder of `path`, and those that they
// include, and puts what they say below what the plan says:
// - members of objects are merged, and the plan's own value of a name goes first;
// - of "stages" and "checks", those with one id are merged, and the others come after the included ones;
// - "leave_out" of a stage takes included checks away;
// - every other list is the plan's own, if it has one.
// Adds to `problems` if a file cannot be read, is no JSON, or includes itself.
void merge_includes(json::Node& root, const std::string& path, json::Diagnostics& problems);

}  // namespace mqtts::plan
