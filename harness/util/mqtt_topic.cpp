#include "harness/util/mqtt_topic.h"

#include <algorithm>

namespace mqtts {
namespace {

// Takes the first level off `text`, and whether there is another one.
std::string_view take_level(std::string_view& text, bool& more) {
  const auto end = text.find('/');
  const auto level = text.substr(0, end);
  more = end != std::string_view::npos;
  text.remove_prefix(more ? end + 1 : text.size());
  return level;
}

}  // namespace

bool is_topic_name(std::string_view text) {
  return !text.empty() && text.find_first_of(std::string_view("+#\0", 3)) == std::string_view::npos;
}

bool is_topic_filter(std::string_view text) {
  if (text.empty() || text.find('\0') != std::string_view::npos) return false;
  for (bool more = true; more;) {
    const auto level = take_level(text, more);
    const bool has_wildcard = level.find_first_of("+#") != std::string_view::npos;
    if (has_wildcard && (level.size() != 1 || (level == "#" && more))) return false;
  }
  return true;
}

std::string_view filter_of_group(std::string_view filter) {
  constexpr std::string_view shared = "$share/";
  if (!filter.starts_with(shared)) return filter;
  const auto end = filter.find('/', shared.size());
  return end == std::string_view::npos || end == shared.size() ? filter : filter.substr(end + 1);
}

bool filter_matches(std::string_view filter, std::string_view name) {
  filter = filter_of_group(filter);
  if (name.starts_with('$') && (filter.starts_with('#') || filter.starts_with('+'))) return false;
  bool more_of_filter = true;
  bool more_of_name = true;
  while (more_of_filter && more_of_name) {
    const auto wanted = take_level(filter, more_of_filter);
    if (wanted == "#") return true;
    const auto level = take_level(name, more_of_name);
    if (wanted != "+" && wanted != level) return false;
  }
  // "a/#" matches "a", too.
  return more_of_filter == more_of_name || (more_of_filter && filter == "#");
}

}  // namespace mqtts
