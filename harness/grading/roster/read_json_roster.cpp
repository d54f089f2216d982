#include <algorithm>

#include "harness/grading/roster/read_roster.h"
#include "harness/grading/roster/roster.h"

namespace mqtts::grading {
namespace {

RosterRow read_student(json::Reading& reading, const json::Node& node) {
  RosterRow row{node.at, {}};
  std::vector<std::string> told;  // the keys, and what has been told to be meant by one of them
  for (const auto& member : *node.as<json::Node::Object>()) told.push_back(member.key);
  for (const auto& [key, at, value] : *node.as<json::Node::Object>()) {
    if (json::has_control_characters(key) || key.empty()) {
      reading.problems.add(at, msg("the name of a column must be one line without control characters"));
      continue;
    }
    if (const auto meant = meant_column(key, told); !meant.empty()) {
      reading.problems.add(at, msg("unknown column \"{name}\"; did you mean \"{nearest}\"?",
                                   {{"name", json::shown(key)}, {"nearest", meant}}));
      told.push_back(meant);
    }
    if (const auto* text = value.as<std::string>())
      row.cells.push_back({key, *text, value.at});
    else
      reading.fault(value, msg("\"{key}\" must be a text", {{"key", json::shown(key)}}));
  }
  for (const auto& name : needed_columns())
    if (std::ranges::find(told, name) == told.end())
      reading.fault(node, msg("\"{key}\" is missing here", {{"key", name}}));
  return row;
}

}  // namespace

std::vector<RosterRow> read_json_roster(std::string_view text, json::Problems& problems) {
  const auto root = json::parse_json(text, problems, most_students);
  json::Reading reading{problems};
  if (!root || !json::check_version(reading, *root, "mqtts-harness/roster/v1")) return {};
  const json::Fields source(reading, *root, "roster", {"$schema", "schema", "students"});
  source.need("students");
  std::vector<RosterRow> rows;
  for (const auto& node : source.elements("students")) {
    if (node.as<json::Node::Object>() == nullptr)
      reading.fault(node, msg("\"{key}\" must be an object", {{"key", "students"}}));
    else
      rows.push_back(read_student(reading, node));
  }
  return rows;
}

}  // namespace mqtts::grading
