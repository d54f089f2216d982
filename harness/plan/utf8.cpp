#include "harness/plan/utf8.h"

#include <algorithm>
#include <string_view>

namespace mqtts::plan {
namespace {

struct Form {
  unsigned char first_least, first_most;    // of the first byte
  unsigned char second_least, second_most;  // of the second one
  std::size_t length;                       // bytes; all after the second are 0x80 to 0xBF
};

constexpr Form forms[] = {{0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
                          {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
                          {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4}};

// Of the character that `text` begins with; 0 if it begins with none.
std::size_t length_of_character(std::string_view text) {
  const auto in = [](char byte, unsigned char least, unsigned char most) {
    const auto value = static_cast<unsigned char>(byte);
    return least <= value && value <= most;
  };
  if (static_cast<unsigned char>(text.front()) < 0x80) return 1;
  const auto* form = std::ranges::find_if(
      forms, [&](const Form& each) { return in(text.front(), each.first_least, each.first_most); });
  if (form == std::end(forms) || text.size() < form->length) return 0;
  const auto rest = text.substr(2, form->length - 2);
  const bool is_sound = in(text[1], form->second_least, form->second_most) &&
                        std::ranges::all_of(rest, [&](char byte) { return in(byte, 0x80, 0xBF); });
  return is_sound ? form->length : 0;
}

}  // namespace

std::optional<std::size_t> mask_invalid_utf8(std::string& text) {
  std::optional<std::size_t> first;
  for (std::size_t at = 0; at < text.size();) {
    if (const auto length = length_of_character(std::string_view(text).substr(at)); length > 0) {
      at += length;
      continue;
    }
    if (!first) first = at;
    text[at++] = '?';
  }
  return first;
}

}  // namespace mqtts::plan
