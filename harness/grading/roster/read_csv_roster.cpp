#include <algorithm>
#include <optional>

#include "harness/grading/roster/csv_reader.h"
#include "harness/grading/roster/read_roster.h"
#include "harness/grading/roster/roster.h"

namespace mqtts::grading {
namespace {

class CsvRoster {
 public:
  explicit CsvRoster(json::Diagnostics& problems) : problems_(problems) {}

  std::vector<RosterRow> read(std::string_view text) {
    const auto rows = read_csv(text, separator_of(text), most_students + 1, problems_);
    if (rows.empty()) {
      if (problems_.none()) problems_.add(0, msg("the roster is empty: its first line must name its columns"));
      return {};
    }
    read_header(rows.front());
    std::vector<RosterRow> students;
    for (auto row = rows.begin() + 1; row != rows.end(); ++row)
      if (auto student = read_row(*row)) students.push_back(*std::move(student));
    return students;
  }

 private:
  void read_header(const CsvRow& header) {
    for (const auto& field : header) {
      if (json::has_control_characters(field.text))
        problems_.add(field.at, msg("the name of a column must be one line without control characters"));
      if (!field.text.empty() && std::ranges::find(columns_, field.text) != columns_.end())
        problems_.add(field.at, msg("the column \"{name}\" stands here twice", {{"name", json::shown(field.text)}}));
      columns_.push_back(field.text);
    }
    auto told = columns_;  // the columns, and those already suggested for misspelt ones
    for (const auto& field : header) {
      const auto meant = meant_column(field.text, told);
      if (meant.empty()) continue;
      problems_.add(field.at, msg("unknown column \"{name}\"; did you mean \"{nearest}\"?",
                                  {{"name", json::shown(field.text)}, {"nearest", meant}}));
      told.push_back(meant);
    }
    for (const auto& name : needed_columns())
      if (std::ranges::find(told, name) == told.end())
        problems_.add(header.front().at,
                      msg("there is no column \"{name}\"; the first line must name the columns, such as "
                          "student_id,name,email,target",
                          {{"name", name}}));
  }

  // None for a row that is empty, as spreadsheets leave them, or wrong.
  std::optional<RosterRow> read_row(const CsvRow& fields) {
    if (std::ranges::all_of(fields, &std::string::empty, &CsvField::text)) return std::nullopt;
    if (fields.size() != columns_.size()) {
      problems_.add(fields.front().at,
                    msg_n(fields.size(), "this row has {count} field, and the first line names {columns} columns",
                          "this row has {count} fields, and the first line names {columns} columns",
                          {{"columns", std::to_string(columns_.size())}}));
      return std::nullopt;
    }
    RosterRow row{fields.front().at, {}};
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (!columns_[i].empty())
        row.cells.push_back({columns_[i], fields[i].text, fields[i].at});
      else if (!fields[i].text.empty())
        problems_.add(fields[i].at, msg("this stands in a column without a name: the first line must name it"));
    }
    return row;
  }

  json::Diagnostics& problems_;
  std::vector<std::string> columns_;
};

}  // namespace

std::vector<RosterRow> read_csv_roster(std::string_view text, json::Diagnostics& problems) {
  return CsvRoster(problems).read(text);
}

}  // namespace mqtts::grading
