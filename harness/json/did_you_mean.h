// "Did you mean …?"
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mqtts::json {

// The one of `known` that `written` is most likely a slip of; empty if none is near.
std::string did_you_mean(std::string_view written, const std::vector<std::string>& known);

// How many letters are left out, added, wrong or exchanged with the next one, between the two.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace mqtts::json
