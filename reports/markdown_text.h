// Escapes foreign texts for GitHub Flavored Markdown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mqtts::reports {

// `text` on one line, shown literally: no markup, HTML, link, picture, table cell or mention.
std::string markdown_text(std::string_view text);

// A code block of plain lines: its fence is longer than any fence inside.
std::string markdown_block(const std::vector<std::string>& lines);

}  // namespace mqtts::reports
