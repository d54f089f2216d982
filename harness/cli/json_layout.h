// Lays out JSON for people who edit it.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace mqtts::cli {

// Two spaces a level; an object or list that fits in a line of 120 characters stands in one. Ends with a line end.
std::string laid_out(const nlohmann::ordered_json& json);

}  // namespace mqtts::cli
