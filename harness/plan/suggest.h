// "Did you mean …?"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mqtts::plan {

// The one of `known` that `written` is most likely a slip of; empty if none is near.
std::string nearest(std::string_view written, const std::vector<std::string>& known);

}  // namespace mqtts::plan
