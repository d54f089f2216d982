// Texts of others inside GitHub Flavored Markdown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mqtts::reports {

// `text` on one line, shown as it stands: no markup, HTML, link, picture, table cell or mention is made of it.
std::string markdown_text(std::string_view text);

// A block of code that holds plain lines: its fence is longer than any that stands in them.
std::string markdown_block(const std::vector<std::string>& lines);

}  // namespace mqtts::reports
