#include "tests/support/schema_check.h"

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

namespace mqtts::test {
namespace {

void put_comments(nlohmann::ordered_json& node) {
  if (node.is_structured())
    for (auto& child : node) put_comments(child);
  if (node.is_object()) node["$comment"] = "a note";
}

}  // namespace

std::string with_comments(std::string_view text) {
  auto json = nlohmann::ordered_json::parse(text);
  put_comments(json);
  return json.dump(2);
}

std::string schema_says(std::string_view schema, std::string_view text) {
  using valijson::adapters::NlohmannJsonAdapter;
  const auto schema_json = nlohmann::json::parse(schema);
  const auto json = nlohmann::json::parse(text);
  valijson::Schema parsed;
  valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(NlohmannJsonAdapter(schema_json), parsed);
  valijson::ValidationResults results;
  if (valijson::Validator().validate(parsed, NlohmannJsonAdapter(json), &results)) return {};
  std::string all;
  for (const auto& error : results) {
    for (const auto& step : error.context) all += step;
    all += ": " + error.description + "\n";
  }
  return all.empty() ? "not allowed\n" : all;
}

}  // namespace mqtts::test
