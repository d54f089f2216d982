#include "reports/csv_lms.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "reports/cases.h"
#include "reports/csv_text.h"
#include "reports/numbers.h"

namespace mqtts::reports {
namespace {

Student student_of(const TargetResult& target) { return target.student.value_or(Student{.id = target.name}); }

std::string grade_item(const Report& report, const Translator& tr) {
  const auto& title = tr(report.run.plan_title);
  return csv_cell(title.empty() ? report.run.plan : title);
}

std::string grade(const TargetResult& target) { return has_score(target) ? csv_cell(target.score) : std::string(); }

// Feedback for the student beside the grade: names no checks, as they may be hidden.
std::string feedback(const TargetResult& target, const Translator& tr) {
  if (!has_score(target)) return tr(msg("not graded: {why}", {{"why", tr(why_no_score(target))}}));
  const auto number = [&](double value) { return shortest(value, tr.lang()); };
  std::string text;
  for (const auto& stage : target.stages) {
    const auto& title = tr(stage.title);
    if (!text.empty()) text += "; ";
    text += tr(msg("{stage}: {points} of {max}", {{"stage", title.empty() ? stage.id : title},
                                                  {"points", number(stage.points)},
                                                  {"max", number(stage.max_points)}}));
  }
  if (target.penalty > 0) text += "; " + tr(msg("late: -{points}", {{"points", number(target.penalty)}}));
  return text;
}

bool is_section(const std::pair<std::string, std::string>& column) {
  return std::ranges::equal(column.first, std::string_view("section"),
                            [](unsigned char a, char b) { return std::tolower(a) == b; });
}

std::string section_of(const Student& student) {
  const auto found = std::ranges::find_if(student.columns, is_section);
  return found == student.columns.end() ? std::string() : found->second;
}

}  // namespace

std::vector<File> moodle_gradebook(const Report& report, const Translator& tr) {
  const bool all_have_mail =
      std::ranges::all_of(report.targets, [](const TargetResult& target) { return !student_of(target).email.empty(); });
  const auto row = [&](const std::string& id, const std::string& email, const std::string& mark,
                       const std::string& comment) {
    return all_have_mail ? csv_row({id, email, mark, comment}) : csv_row({id, mark, comment});
  };
  auto text = row("ID number", "Email address", grade_item(report, tr), "Feedback comments");
  for (const auto& target : report.targets) {
    const auto student = student_of(target);
    text += row(csv_cell(student.id), csv_cell(student.email), grade(target), csv_cell(feedback(target, tr)));
  }
  return {{"gradebook-moodle.csv", std::move(text)}};
}

std::vector<File> canvas_gradebook(const Report& report, const Translator& tr) {
  double max_score = 0;
  for (const auto& target : report.targets) max_score = std::max(max_score, target.max_score);
  auto text = csv_row({"Student", "ID", "SIS User ID", "SIS Login ID", "Section", grade_item(report, tr)});
  // Canvas' own export indents this, too.
  text += csv_row({"    Points Possible", "", "", "", "", csv_cell(max_score)});
  for (const auto& target : report.targets) {
    const auto student = student_of(target);
    text += csv_row({csv_cell(student.name.empty() ? student.id : student.name), "", csv_cell(student.id),
                     csv_cell(student.email), csv_cell(section_of(student)), grade(target)});
  }
  return {{"gradebook-canvas.csv", std::move(text)}};
}

}  // namespace mqtts::reports
