// Which file is meant by what a user calls a plan.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/plan/load.h"

namespace mqtts::plan {

// Where plans lie that are called by name: ./scenarios, then those that were installed with the program.
std::vector<std::filesystem::path> scenario_folders();

// load_plan for a path or for a plan's bare name: without a slash or ".json", and no file here, `mqtts-lab` is the
// first mqtts-lab.json in `folders`. A name that is in none of them is a problem, told with what was probably meant.
Loaded find_plan(const std::string& called, const Overrides& overrides, ProbeKinds kinds,
                 const std::vector<std::filesystem::path>& folders = scenario_folders());

}  // namespace mqtts::plan
