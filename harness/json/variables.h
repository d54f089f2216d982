// The ${name} in a plan's texts.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqtts::json {

// What only a target can tell, and ${random}: these stay in a plan until it is expanded.
const std::vector<std::string>& late_variables();
bool is_late_variable(std::string_view name);

using ValueOf = std::function<std::optional<std::string>(const std::string& name)>;

// Puts `value_of(name)` in place of each ${name}, or leaves it if there is no value. Values are not looked
// into again. A "${" without its "}" stays as it is.
std::string substitute(std::string_view text, const ValueOf& value_of);

// True if some "${" in `text` has no "}" after it.
bool has_unclosed_variable(std::string_view text);

}  // namespace mqtts::json
