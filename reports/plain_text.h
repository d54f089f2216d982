// Makes foreign texts (a broker's log, a reason string) harmless for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mqtts::reports {

// `text` on one line: line ends and tabs become a space; control characters (so no escape sequence is left), marks that
// reorder text (U+202A to U+202E, U+2066 to U+2069), and bytes that are not UTF-8 become U+FFFD.
std::string plain_line(std::string_view text);

// The same for each line of `text`, without trailing empty lines.
std::vector<std::string> plain_lines(std::string_view text);

// The same lines as one text, joined by newlines.
std::string plain_block(std::string_view text);

// Breaks a plain line at spaces into lines of at most `width` columns; a longer word stays whole. Never empty.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

// `text`, padded with spaces to `width` columns.
std::string padded(std::string_view text, std::size_t width);

// Cuts a plain line to at most `width` columns, ending with `ellipsis`.
std::string cut(std::string_view text, std::size_t width, std::string_view ellipsis);

}  // namespace mqtts::reports
