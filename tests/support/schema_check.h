// Holds a text against one of our JSON Schemas, by a validator of somebody else's. Both must be JSON.
#pragma once

#include <string>
#include <string_view>

namespace mqtts::test {

// A line a fault, where and what; empty if there is none.
std::string schema_says(std::string_view schema, std::string_view text);

inline bool schema_allows(std::string_view schema, std::string_view text) { return schema_says(schema, text).empty(); }

}  // namespace mqtts::test
