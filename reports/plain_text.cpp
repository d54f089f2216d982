#include "reports/plain_text.h"

#include <algorithm>
#include <string_view>

#include "harness/util/utf8.h"

namespace mqtts::reports {
namespace {

bool is_plain(char32_t c) {
  const bool is_control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool reorders = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
  const bool ends_line = c == 0x2028 || c == 0x2029;
  return !is_control && !reorders && !ends_line;
}

}  // namespace

std::string plain_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
  return keep_only(line, is_plain);
}

std::vector<std::string> plain_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(plain_line(line));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::string plain_block(std::string_view text) {
  std::string block;
  for (const auto& line : plain_lines(text)) block += (block.empty() ? "" : "\n") + line;
  return block;
}

namespace {

// A command in backticks that fits in a line counts as one word, so that it can be pasted.
std::size_t end_of_word(const std::string& line, std::size_t from, std::size_t width) {
  const auto close = line[from] == '`' ? line.find('`', from + 1) : std::string::npos;
  if (close != std::string::npos) {
    const auto to = std::min(line.find(' ', close), line.size());
    if (columns_of(line.substr(from, to - from)) <= width) return to;
  }
  // French writes a space before these signs, and within its quotation marks; a line may not end there.
  const auto is_glued = [&](std::size_t space) {
    const auto before = std::string_view(line).substr(0, space);
    const auto after = std::string_view(line).substr(space + 1);
    if (before.ends_with("«") || after.starts_with("»")) return true;
    return !after.empty() && std::string_view(":;?!").find(after[0]) != std::string_view::npos &&
           (after.size() == 1 || after[1] == ' ');
  };
  auto to = line.find(' ', from);
  while (to != std::string::npos && is_glued(to)) to = line.find(' ', to + 1);
  return std::min(to, line.size());
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  const auto line = plain_line(text);
  std::vector<std::string> lines(1);
  for (std::size_t from = 0; from < line.size();) {
    const auto to = end_of_word(line, from, width);
    const auto word = line.substr(from, to - from);
    if (!lines.back().empty() && columns_of(lines.back()) + 1 + columns_of(word) > width) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    from = to + 1;
  }
  return lines;
}

std::string padded(std::string_view text, std::size_t width) {
  const auto used = columns_of(text);
  return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

std::string cut(std::string_view text, std::size_t width, std::string_view ellipsis) {
  auto line = plain_line(text);
  if (columns_of(line) <= width) return line;
  const auto room = width - std::min(width, columns_of(ellipsis));
  std::string_view rest = line;
  for (std::size_t i = 0; i < room; ++i) rest.remove_prefix(first_code_point(rest).bytes);
  return line.substr(0, line.size() - rest.size()) + std::string(ellipsis);
}

}  // namespace mqtts::reports
