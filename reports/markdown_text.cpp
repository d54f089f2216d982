#include "reports/markdown_text.h"

#include <algorithm>

#include "reports/plain_text.h"

namespace mqtts::reports {
namespace {

// A zero-width space between a sign and a name: mentions are detected after escapes are removed.
constexpr std::string_view gap = "&#8203;";

std::size_t longest_run(std::string_view line, char sign) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : line) {
    run = c == sign ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string markdown_text(std::string_view text) {
  std::string safe;
  for (const char c : plain_line(text)) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '@':
      case '#':
        safe += '\\';
        safe += c;
        safe += gap;
        break;
      default:
        // Markdown allows a backslash before each of these (CommonMark section 2.4). Escaped dots and colons prevent
        // links without markup.
        if (std::string_view("!\"$%'*+-.:=?[\\]^_`{|}~/").find(c) != std::string_view::npos) safe += '\\';
        safe += c;
    }
  }
  return safe;
}

std::string markdown_block(const std::vector<std::string>& lines) {
  std::size_t fence = 3;
  for (const auto& line : lines) fence = std::max(fence, longest_run(line, '`') + 1);
  auto block = std::string(fence, '`') + "text\n";
  for (const auto& line : lines) block += line + '\n';
  return block + std::string(fence, '`') + '\n';
}

}  // namespace mqtts::reports
