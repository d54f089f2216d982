#include "harness/cli/json_layout.h"

#include <nlohmann/json.hpp>

namespace mqtts::cli {
namespace {

constexpr std::size_t widest = 120;

// Returns what stands before each entry's value: the key of an object's member.
std::string key_of(const nlohmann::ordered_json& parent, const std::string& key) {
  return parent.is_object() ? nlohmann::ordered_json(key).dump() + ": " : "";
}

std::string in_one_line(const nlohmann::ordered_json& json) {
  if (!json.is_structured() || json.empty()) return json.dump();
  std::string entries;
  for (const auto& [key, value] : json.items())
    entries += (entries.empty() ? "" : ", ") + key_of(json, key) + in_one_line(value);
  return json.is_object() ? "{ " + entries + " }" : "[" + entries + "]";
}

// `used`: characters of the line before and after the value.
std::string lay_out(const nlohmann::ordered_json& json, std::size_t indent, std::size_t used) {
  auto line = in_one_line(json);
  if (!json.is_structured() || used + line.size() <= widest) return line;
  const std::string inner(indent + 2, ' ');
  std::string entries;
  for (const auto& [key, value] : json.items()) {
    const auto name = key_of(json, key);
    entries +=
        (entries.empty() ? "" : ",\n") + inner + name + lay_out(value, inner.size(), inner.size() + name.size() + 1);
  }
  const std::string end = "\n" + std::string(indent, ' ');
  return json.is_object() ? "{\n" + entries + end + "}" : "[\n" + entries + end + "]";
}

}  // namespace

std::string laid_out(const nlohmann::ordered_json& json) { return lay_out(json, 0, 0) + "\n"; }

}  // namespace mqtts::cli
