// Turns hostile bytes into valid UTF-8.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mqtts {

// U+FFFD, the replacement for bytes that cannot be kept.
inline constexpr std::string_view replacement_character = "\xef\xbf\xbd";

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;  // its length in the text
  bool valid = false;     // false: a byte that is not UTF-8 (Unicode 15, table 3-7)
};

// Returns the first code point of `text`, which must not be empty.
CodePoint first_code_point(std::string_view text);

// Returns `text` with U+FFFD for each byte that is not UTF-8 and for each code point that is not `allowed`.
std::string keep_only(std::string_view text, bool (*allowed)(char32_t));

// Returns `text` as valid UTF-8, otherwise unchanged.
std::string valid_utf8(std::string_view text);

// Replaces each byte that is part of no well-formed character (RFC 3629, section 4) with a question mark, which keeps
// all offsets in the text. Returns the first such offset; none if all is well-formed.
std::optional<std::size_t> mask_invalid_utf8(std::string& text);

// Returns the number of code points of `text`: near enough its width in columns for Latin scripts.
std::size_t columns_of(std::string_view text);

}  // namespace mqtts
