// Texts made fit for an HTML page: those of others harmless and short, our own in good typography.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/util/message.h"
#include "reports/translator.h"

namespace mqtts::reports {

inline constexpr std::size_t longest_line = 600;        // code points
inline constexpr std::size_t longest_excerpt = 16'384;  // bytes

// `text` as one harmless line of at most `most` code points; "…" stands for what was cut.
std::string html_line(std::string_view text, std::size_t most = longest_line);

// The end of a text of many lines, each harmless and of at most `longest_line` code points.
struct Excerpt {
  std::string text;
  std::size_t left_out = 0;  // lines before it
};
Excerpt html_excerpt(std::string_view text);

// French: no line breaks before ": ; ! ? » %" and after "«". English: as it is.
std::string typographic(std::string_view text, Lang lang);

// With a capital letter at its beginning, if that is one of ours: "é" becomes "É".
std::string capitalised(std::string text);

// A time of ours, "2026-11-22T15:17:23Z". Is it one?
bool is_moment(std::string_view time);

// "22 November 2026, 15:17 UTC"; what is no time is told as it is.
std::string moment(std::string_view time, const Translator& tr);

}  // namespace mqtts::reports
