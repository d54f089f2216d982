// Hostile bytes made into text that any reader of ours can hold.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mqtts {

// U+FFFD, what stands where something could not be kept.
inline constexpr std::string_view replacement_character = "\xef\xbf\xbd";

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;  // how many of the text it takes
  bool valid = false;     // false: a byte that is not UTF-8 (Unicode 15, table 3-7)
};

// The first code point of `text`, which must not be empty.
CodePoint first_code_point(std::string_view text);

// `text` with U+FFFD in place of each byte that is not UTF-8 and of each code point that is not `allowed`.
std::string keep_only(std::string_view text, bool (*allowed)(char32_t));

// `text` as valid UTF-8, all else as it is.
std::string valid_utf8(std::string_view text);

// Puts a question mark in place of each byte that is part of no well-formed character (RFC 3629, section 4), which
// keeps all places in the text. Returns where the first one stood; none if all is well-formed.
std::optional<std::size_t> mask_invalid_utf8(std::string& text);

// How many code points `text` has: the columns that it takes, near enough for Latin scripts.
std::size_t columns_of(std::string_view text);

}  // namespace mqtts
