#include <algorithm>
#include <cctype>

#include "harness/grading/roster/read_roster.h"
#include "harness/json/did_you_mean.h"

namespace mqtts::grading {
namespace {

// Ignores case, blanks and punctuation: "Student ID" is "studentid".
std::string folded(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) letters += static_cast<char>(std::tolower(byte));
  }
  return letters;
}

// Short words are similar by chance: a class may well have a column "date" and none "due".
bool is_slip(std::string_view written, const std::string& known) {
  constexpr std::size_t longest = 32;
  constexpr std::size_t long_word = 6;
  if (written.size() > longest) return false;
  const auto letters = folded(written);
  const auto meant = folded(known);
  return json::edit_distance(letters, meant) <= (meant.size() >= long_word ? 2U : 1U);
}

}  // namespace

const std::vector<std::string>& needed_columns() {
  static const std::vector<std::string> columns = {"student_id", "target"};
  return columns;
}

const std::vector<std::string>& known_columns() {
  static const std::vector<std::string> columns = {"student_id", "name", "email", "target", "due", "submitted"};
  return columns;
}

std::string meant_column(std::string_view written, const std::vector<std::string>& written_columns) {
  const auto& known = known_columns();
  if (std::ranges::find(known, written) != known.end()) return {};
  for (const auto& column : known)
    if (std::ranges::find(written_columns, column) == written_columns.end() && is_slip(written, column)) return column;
  return {};
}

}  // namespace mqtts::grading
