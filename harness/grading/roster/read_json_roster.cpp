#include <algorithm>

#include "harness/grading/roster/read_roster.h"
#include "harness/grading/roster/roster.h"

namespace mqtts::grading {
namespace {

RosterRow read_student(json::ReadContext& context, const json::Node& node) {
  RosterRow row{node.at, {}};
  std::vector<std::string> told;  // the keys, and the columns already suggested for misspelt ones
  for (const auto& member : *node.as<json::Node::Object>()) told.push_back(member.key);
  for (const auto& [key, at, value] : *node.as<json::Node::Object>()) {
    if (json::has_control_characters(key) || key.empty()) {
      context.problems.add(at, msg("the name of a column must be one line without control characters"));
      continue;
    }
    if (const auto meant = meant_column(key, told); !meant.empty()) {
      context.problems.add(at, msg("unknown column \"{name}\"; did you mean \"{nearest}\"?",
                                   {{"name", json::shown(key)}, {"nearest", meant}}));
      told.push_back(meant);
    }
    if (const auto* text = value.as<std::string>())
      row.cells.push_back({key, *text, value.at});
    else
      context.fault(value, msg("\"{key}\" must be a text", {{"key", json::shown(key)}}));
  }
  for (const auto& name : needed_columns())
    if (std::ranges::find(told, name) == told.end())
      context.fault(node, msg("\"{key}\" is missing here", {{"key", name}}));
  return row;
}

}  // namespace

std::vector<RosterRow> read_json_roster(std::string_view text, json::Diagnostics& problems) {
  const auto root = json::parse_json(text, problems, most_students);
  json::ReadContext context{problems};
  if (!root || !json::check_version(context, *root, "mqtts-harness/roster/v1")) return {};
  const json::ObjectReader source(context, *root, "roster", {"$schema", "schema", "students"});
  source.need("students");
  std::vector<RosterRow> rows;
  for (const auto& node : source.elements("students")) {
    if (node.as<json::Node::Object>() == nullptr)
      context.fault(node, msg("\"{key}\" must be an object", {{"key", "students"}}));
    else
      rows.push_back(read_student(context, node));
  }
  return rows;
}

}  // namespace mqtts::grading
