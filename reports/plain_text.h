// Texts of others (a broker's log, a reason string) made harmless for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mqtts::reports {

// `text` on one line: line ends and tabs become a space, and U+FFFD stands for control characters (so no escape
// sequence is left), for marks that reorder text (U+202A to U+202E, U+2066 to U+2069), and for bytes that are not
// UTF-8.
std::string plain_line(std::string_view text);

// The same for each line of `text`, without the empty ones at its end.
std::vector<std::string> plain_lines(std::string_view text);

// These lines as one text again, with a line end between two.
std::string plain_block(std::string_view text);

// A plain line broken at spaces into lines of at most `width` columns; a longer word stays whole. Never empty.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

// `text` and spaces after it, up to `width` columns.
std::string padded(std::string_view text, std::size_t width);

// A plain line of at most `width` columns: its end gives way to `ellipsis`.
std::string cut(std::string_view text, std::size_t width, std::string_view ellipsis);

}  // namespace mqtts::reports
