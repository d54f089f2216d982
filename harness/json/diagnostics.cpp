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

std::size_t Diagnostics::add_file(std::string file, std::string text) {
  const auto begin = files_.back().begin + files_.back().view().size() + 1;  // its end counts as a place, too
  files_.push_back({std::move(file), std::move(text), {}, begin});
  return begin;
}

std::string Diagnostics::all_texts() const {
  std::string all;
  for (const auto& file : files_) all += file.view();
  return all;
}

const Diagnostics::File& Diagnostics::file_of(std::size_t offset) const {
  const auto after = std::ranges::upper_bound(files_, offset, {}, &File::begin);
  return *(after - 1);
}

std::vector<Diagnostic> Diagnostics::list() const {
  std::vector<Diagnostic> told;
  for (const auto& message : placeless_) told.push_back({.file = files_.front().name, .message = message});
  auto by_place = found_;
  std::ranges::stable_sort(by_place, {}, &std::pair<std::size_t, Message>::first);
  by_place.erase(std::unique(by_place.begin(), by_place.end()), by_place.end());
  for (const auto& [offset, message] : by_place) {
    if (told.size() >= most_told) {
      told.back().message = msg("there are {count} problems; the rest is told once these are mended",
                                {{"count", std::to_string(count())}});
      break;
    }
    const auto& file = file_of(offset);
    told.push_back(placed(file.name, file.view(), offset - file.begin, message));
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
