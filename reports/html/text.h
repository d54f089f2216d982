// Prepares texts for an HTML page: those of others become harmless and short, our own get good typography.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/util/message.h"
#include "reports/translator.h"

namespace mqtts::reports {

inline constexpr std::size_t longest_line = 600;        // code points
inline constexpr std::size_t longest_excerpt = 16'384;  // bytes

// `text` as one harmless line of at most `most` code points; "…" marks a cut.
std::string html_line(std::string_view text, std::size_t most = longest_line);

// The end of a text of many lines, each harmless and of at most `longest_line` code points.
struct Excerpt {
  std::string text;
  std::size_t left_out = 0;  // number of lines before it
};
Excerpt html_excerpt(std::string_view text);

// French: no-break spaces before ": ; ! ? » %" and after "«". English: unchanged.
std::string typographic(std::string_view text, Lang lang);

// Capitalises the first letter if it is one of ours: "é" becomes "É".
std::string capitalised(std::string text);

// Returns true for a time of this program, "2026-11-22T15:17:23Z".
bool is_moment(std::string_view time);

// "22 November 2026, 15:17 UTC"; other texts are returned as they are.
std::string moment(std::string_view time, const Translator& tr);

}  // namespace mqtts::reports
