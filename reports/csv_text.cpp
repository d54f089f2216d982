#include "reports/csv_text.h"

#include <fmt/format.h>

#include "harness/util/utf8.h"
#include "reports/numbers.h"
#include "reports/plain_text.h"

namespace mqtts::reports {
namespace {

// Spaces and invisible characters.
bool is_blank(char32_t c) {
  return c == ' ' || c == 0xa0 || c == 0xad || c == 0x61c || c == 0x180e || c == 0x3000 || c == 0xfeff ||
         (c >= 0x2000 && c <= 0x200f) || (c >= 0x2028 && c <= 0x202f) || (c >= 0x205f && c <= 0x206f);
}

bool begins_a_formula(char32_t c) {
  switch (c) {
    case '=':
    case '+':
    case '-':
    case '@':
    case 0xff1d:
    case 0xff0b:
    case 0xff0d:
    case 0xff20:
    case 0x2212: return true;
    default: return false;
  }
}

bool is_formula(std::string_view text) {
  if (text.starts_with('\t') || text.starts_with('\r') || text.starts_with('\n')) return true;
  while (!text.empty()) {
    const auto next = first_code_point(text);
    if (!is_blank(next.value)) return begins_a_formula(next.value);
    text.remove_prefix(next.bytes);
  }
  return false;
}

}  // namespace

std::string csv_cell(std::string_view text) {
  auto cell = plain_line(text);
  if (is_formula(text) || is_formula(cell)) cell.insert(0, 1, '\'');
  // Leading and trailing blanks are part of the text; some readers strip them outside quotes.
  const bool has_edge = cell.starts_with(' ') || cell.ends_with(' ');
  if (!has_edge && cell.find_first_of(",\";") == std::string::npos) return cell;
  for (auto at = cell.find('"'); at != std::string::npos; at = cell.find('"', at + 2)) cell.insert(at, 1, '"');
  return '"' + cell + '"';
}

std::string csv_cell(double value) { return shortest(value); }

std::string csv_row(const std::vector<std::string>& cells) { return fmt::format("{}\r\n", fmt::join(cells, ",")); }

}  // namespace mqtts::reports
