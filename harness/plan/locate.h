// Finds a plan file by its path or name.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/plan/load.h"

namespace mqtts::plan {

// Folders of plans called by name: ./scenarios, then the folder installed with the program.
std::vector<std::filesystem::path> scenario_folders();

// The names of all plans in these folders; one may be there twice.
std::vector<std::string> plan_names(const std::vector<std::filesystem::path>& folders = scenario_folders());

// load_plan for a path or a plan's bare name: without a slash or ".json", and if no such file is here, `mqtts-lab` is
// the first mqtts-lab.json in `folders`. An unknown name is a problem, reported with the nearest known one.
Loaded find_plan(const std::string& called, const Overrides& overrides, ProbeKinds kinds,
                 const std::vector<std::filesystem::path>& folders = scenario_folders());

}  // namespace mqtts::plan
