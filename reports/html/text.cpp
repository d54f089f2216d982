#include "reports/html/text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "harness/util/parse_number.h"
#include "reports/plain_text.h"
#include "reports/xml_text.h"

namespace mqtts::reports {
namespace {

constexpr std::string_view no_break_space = "\u00a0";
constexpr std::string_view narrow_no_break_space = "\u202f";

// The character that replaces a plain space before this sign; empty: the space stays.
std::string_view space_before(std::string_view rest) {
  if (rest.starts_with(":") || rest.starts_with("»") || rest.starts_with("%")) return no_break_space;
  if (rest.starts_with(";") || rest.starts_with("!") || rest.starts_with("?")) return narrow_no_break_space;
  return {};
}

// True for a punctuation sign on its own: "a :b" and "?id=1" belong to other people's texts.
bool stands_alone(std::string_view rest) {
  const auto length = rest.starts_with("»") ? std::string_view("»").size() : std::size_t{1};
  return rest.size() == length || std::string_view(" .,;)").find(rest[length]) != std::string_view::npos;
}

Message month(int number) {
  const std::array names = {msg("January"),   msg("February"), msg("March"),    msg("April"),
                            msg("May"),       msg("June"),     msg("July"),     msg("August"),
                            msg("September"), msg("October"),  msg("November"), msg("December")};
  return names.at(static_cast<std::size_t>(number - 1));
}

}  // namespace

std::string html_line(std::string_view text, std::size_t most) {
  // A code point has at most 4 bytes: do not convert megabytes behind the cut.
  return xml_text(cut(text.substr(0, 4 * (most + 1)), most, "…"));
}

Excerpt html_excerpt(std::string_view text) {
  text = text.substr(0, text.find_last_not_of("\r\n") + 1);
  std::vector<std::string> kept;  // in reverse order
  for (std::size_t bytes = 0; !text.empty(); bytes += kept.back().size() + 1) {
    const auto begin = text.rfind('\n') + 1;  // 0 if there is no newline
    const auto whole = text.substr(begin);
    auto line = html_line(whole.substr(0, whole.find_last_not_of('\r') + 1));
    if (bytes + line.size() > longest_excerpt) break;
    kept.push_back(std::move(line));
    text = text.substr(0, begin == 0 ? 0 : begin - 1);
  }
  Excerpt excerpt{.left_out = text.empty() ? 0 : 1 + static_cast<std::size_t>(std::ranges::count(text, '\n'))};
  for (auto line = kept.rbegin(); line != kept.rend(); ++line)
    excerpt.text += (line == kept.rbegin() ? "" : "\n") + *line;
  return excerpt;
}

std::string typographic(std::string_view text, Lang lang) {
  if (lang != Lang::fr) return std::string(text);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto rest = text.substr(i);
    if (rest.starts_with("« ")) {
      out.append("«").append(no_break_space);
      i += 2;
    } else if (const auto space = rest[0] == ' ' ? space_before(rest.substr(1)) : std::string_view();
               !space.empty() && stands_alone(rest.substr(1))) {
      out += space;
    } else {
      out += rest[0];
    }
  }
  return out;
}

std::string capitalised(std::string text) {
  if (text.empty()) return text;
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  // U+00E0 to U+00FE, except the division sign, lie 0x20 above their capitals.
  const bool is_accented = text.size() > 1 && text[0] == '\xc3' && text[1] >= '\xa0' && text[1] <= '\xbe';
  if (is_accented && text[1] != '\xb7') text[1] = static_cast<char>(text[1] - 0x20);
  return text;
}

bool is_moment(std::string_view time) {
  constexpr std::string_view shape = "0000-00-00T00:00:00Z";
  const bool fits = std::ranges::equal(
      time, shape, [](char c, char wanted) { return wanted == '0' ? c >= '0' && c <= '9' : c == wanted; });
  if (!fits) return false;
  const std::chrono::year_month_day day(
      std::chrono::year(leading_number<int>(time.substr(0, 4))),
      std::chrono::month(static_cast<unsigned>(leading_number<int>(time.substr(5, 2)))),
      std::chrono::day(static_cast<unsigned>(leading_number<int>(time.substr(8, 2)))));
  return day.ok() && leading_number<int>(time.substr(11, 2)) < 24 && leading_number<int>(time.substr(14, 2)) < 60;
}

std::string moment(std::string_view time, const Translator& tr) {
  if (!is_moment(time)) return html_line(time, 40);
  const int day = leading_number<int>(time.substr(8, 2));
  return tr(msg("{day} {month} {year}, {time} UTC",
                {{"day", std::to_string(day) + (day == 1 && tr.lang() == Lang::fr ? "er" : "")},
                 {"month", tr(month(leading_number<int>(time.substr(5, 2))))},
                 {"year", std::to_string(leading_number<int>(time.substr(0, 4)))},
                 {"time", std::string(time.substr(11, 5))}}));
}

}  // namespace mqtts::reports
