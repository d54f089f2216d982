#include "harness/json/diagnostics.h"

#include <algorithm>

namespace mqtts::json {
namespace {

constexpr std::size_t longest_shown = 80;

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

Diagnostic placed(const std::string& file, std::string_view text, std::size_t offset, const Message& message) {
  const auto before = text.substr(0, offset);
  const auto line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return {.file = file,
          .line = 1 + static_cast<int>(std::ranges::count(before, '\n')),
          .column = 1 + static_cast<int>(std::ranges::count_if(before.substr(line_start), begins_character)),
          .message = message};
}

}  // namespace

std::vector<Diagnostic> Diagnostics::list() const {
  std::vector<Diagnostic> told;
  for (const auto& message : placeless_) told.push_back({.file = file_, .message = message});
  auto by_place = found_;
  std::ranges::stable_sort(by_place, {}, &std::pair<std::size_t, Message>::first);
  by_place.erase(std::unique(by_place.begin(), by_place.end()), by_place.end());
  for (const auto& [offset, message] : by_place) {
    if (told.size() >= most_told) {
      told.back().message = msg("there are {count} problems; the rest is told once these are mended",
                                {{"count", std::to_string(count())}});
      break;
    }
    told.push_back(placed(file_, text_, offset, message));
  }
  return told;
}

std::string shown(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (out.size() >= longest_shown && begins_character(byte)) return out + "…";
    const bool is_control = static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f;
    out += is_control ? '?' : byte;
  }
  return out;
}

}  // namespace mqtts::json
