// "Did you mean …?"
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mqtts::json {

// Returns the entry of `known` nearest to `written`; empty if none is near.
std::string did_you_mean(std::string_view written, const std::vector<std::string>& known);

// Returns the number of letters left out, added, wrong or exchanged with the next one.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace mqtts::json
