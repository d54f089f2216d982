#include "harness/util/utf8.h"

namespace mqtts {
namespace {

bool is_between(unsigned char byte, unsigned low, unsigned high) { return byte >= low && byte <= high; }

// Returns the number of bytes after `lead`; -1 if no code point begins with it.
int following(unsigned char lead) {
  if (lead < 0x80) return 0;
  if (is_between(lead, 0xc2, 0xdf)) return 1;
  if (is_between(lead, 0xe0, 0xef)) return 2;
  if (is_between(lead, 0xf0, 0xf4)) return 3;
  return -1;
}

// The second byte's range excludes overlong forms, surrogates, and all beyond U+10FFFF.
bool fits_second(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xe0: return is_between(second, 0xa0, 0xbf);
    case 0xed: return is_between(second, 0x80, 0x9f);
    case 0xf0: return is_between(second, 0x90, 0xbf);
    case 0xf4: return is_between(second, 0x80, 0x8f);
    default: return is_between(second, 0x80, 0xbf);
  }
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
  const auto at = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const auto lead = at(0);
  const int more = following(lead);
  if (more == 0) return {lead, 1, true};
  if (more < 0 || text.size() <= static_cast<std::size_t>(more) || !fits_second(lead, at(1))) return {};
  char32_t value = lead & (0x3fU >> more);
  for (std::size_t i = 1; i <= static_cast<std::size_t>(more); ++i) {
    if (!is_between(at(i), 0x80, 0xbf)) return {};
    value = value << 6 | (at(i) & 0x3fU);
  }
  return {value, static_cast<std::size_t>(more) + 1, true};
}

std::string keep_only(std::string_view text, bool (*allowed)(char32_t)) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto next = first_code_point(text);
    out += next.valid && allowed(next.value) ? text.substr(0, next.bytes) : replacement_character;
    text.remove_prefix(next.bytes);
  }
  return out;
}

std::string valid_utf8(std::string_view text) {
  return keep_only(text, [](char32_t) { return true; });
}

std::optional<std::size_t> mask_invalid_utf8(std::string& text) {
  std::optional<std::size_t> first;
  for (std::size_t at = 0; at < text.size();) {
    const auto next = first_code_point(std::string_view(text).substr(at));
    if (!next.valid) {
      if (!first) first = at;
      text[at] = '?';
    }
    at += next.bytes;
  }
  return first;
}

std::size_t columns_of(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(first_code_point(text).bytes);
    ++count;
  }
  return count;
}

}  // namespace mqtts
