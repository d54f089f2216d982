// The JSON Schemas (draft-07) of the input files, embedded in the program.
#pragma once

#include <string_view>

namespace mqtts::plan {

std::string_view plan_schema();
std::string_view profile_schema();
std::string_view roster_schema();
std::string_view target_schema();

}  // namespace mqtts::plan
