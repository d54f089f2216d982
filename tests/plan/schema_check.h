// Holds a text against one of our JSON Schemas, by valijson.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

namespace mqtts::plan {

inline bool schema_allows(std::string_view schema_text, std::string_view text) {
  const auto schema_json = nlohmann::json::parse(schema_text);
  const auto json = nlohmann::json::parse(text);
  valijson::Schema schema;
  valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_json), schema);
  return valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(json), nullptr);
}

}  // namespace mqtts::plan
