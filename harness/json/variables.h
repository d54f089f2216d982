// Variables in a plan's texts: ${name}.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqtts::json {

// Variables of the target, and ${random}: they stay in a plan until it is expanded.
const std::vector<std::string>& late_variables();
bool is_late_variable(std::string_view name);

using ValueOf = std::function<std::optional<std::string>(const std::string& name)>;

// Replaces each ${name} with `value_of(name)`, or leaves it if there is no value. Values are not scanned again. A "${"
// without its "}" stays as it is.
std::string substitute(std::string_view text, const ValueOf& value_of);

// Returns true if a "${" in `text` has no "}" after it.
bool has_unclosed_variable(std::string_view text);

}  // namespace mqtts::json
