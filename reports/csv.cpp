#include "reports/csv.h"

#include <algorithm>
#include <string>

#include "reports/cases.h"
#include "reports/csv_text.h"

namespace mqtts::reports {
namespace {

using Texts = std::vector<std::string>;

void add_once(Texts& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

// Shards of a class may have different columns, and unreachable targets have no stages.
struct Columns {
  Texts roster;
  Texts stages;
  bool bonus = false;
};

Columns csv_columns(const Report& report) {
  Columns columns;
  for (const auto& target : report.targets) {
    if (target.student)
      for (const auto& [name, value] : target.student->columns) add_once(columns.roster, name);
    for (const auto& stage : target.stages) {
      add_once(columns.stages, stage.id);
      columns.bonus = columns.bonus || std::ranges::any_of(stage.checks, &CheckResult::bonus);
    }
  }
  return columns;
}

std::string header(const Columns& columns) {
  Texts cells{"student_id", "name", "email"};
  for (const auto& name : columns.roster) cells.push_back(csv_cell(name));
  cells.insert(cells.end(), {"score", "max_score", "percent"});
  if (columns.bonus) cells.emplace_back("bonus");
  cells.insert(cells.end(), {"late_percent", "penalty", "graded", "reason"});
  for (const auto& stage : columns.stages) cells.push_back(csv_cell("stage:" + stage));
  return csv_row(cells);
}

double bonus_of(const TargetResult& target) {
  double points = 0;
  for (const auto& stage : target.stages)
    for (const auto& check : stage.checks)
      if (check.bonus) points += check.points;
  return points;
}

std::string value_of(const Student& student, const std::string& column) {
  const auto found = std::ranges::find(student.columns, column, &std::pair<std::string, std::string>::first);
  return found == student.columns.end() ? std::string() : csv_cell(found->second);
}

std::string points_in(const TargetResult& target, const std::string& stage) {
  const auto found = std::ranges::find(target.stages, stage, &StageResult::id);
  return found == target.stages.end() ? std::string() : csv_cell(found->points);
}

std::string student_row(const TargetResult& target, const Columns& columns, const Translator& tr) {
  const bool graded = has_score(target);
  const auto if_graded = [graded](double value) { return graded ? csv_cell(value) : std::string(); };
  const auto student = target.student.value_or(Student{.id = target.name});
  Texts cells{csv_cell(student.id), csv_cell(student.name), csv_cell(student.email)};
  for (const auto& name : columns.roster) cells.push_back(value_of(student, name));
  const bool has_max = target.max_score > 0;
  cells.push_back(if_graded(target.score));
  cells.push_back(has_max ? csv_cell(target.max_score) : std::string());
  cells.push_back(has_max ? if_graded(100 * target.score / target.max_score) : std::string());
  if (columns.bonus) cells.push_back(if_graded(bonus_of(target)));
  cells.push_back(csv_cell(target.late_percent));
  cells.push_back(csv_cell(target.penalty));
  cells.emplace_back(graded ? "yes" : "no");
  cells.push_back(csv_cell(tr(why_no_score(target))));
  for (const auto& stage : columns.stages) cells.push_back(graded ? points_in(target, stage) : std::string());
  return csv_row(cells);
}

}  // namespace

std::vector<File> gradebook(const Report& report, const Translator& tr) {
  const auto columns = csv_columns(report);
  auto text = header(columns);
  for (const auto& target : report.targets) text += student_row(target, columns, tr);
  return {{"gradebook.csv", std::move(text)}};
}

}  // namespace mqtts::reports
