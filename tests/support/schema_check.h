// Validates a text against one of our JSON Schemas with an independent validator. Both must be JSON.
#pragma once

#include <string>
#include <string_view>

namespace mqtts::test {

// One line for each fault, with position and reason; empty if there is none.
std::string schema_says(std::string_view schema, std::string_view text);

inline bool schema_allows(std::string_view schema, std::string_view text) { return schema_says(schema, text).empty(); }

// The same JSON with a "$comment" in every object.
std::string with_comments(std::string_view text);

}  // namespace mqtts::test
