// Tables of the class: ungraded students, late students, and all scores.
#include <algorithm>
#include <map>

#include "reports/html/class_parts.h"
#include "reports/html/parts.h"
#include "reports/html/text.h"

namespace mqtts::reports {
namespace {

constexpr std::size_t longest_id = 60;

bool is_late(const TargetResult& target) { return is_graded(target) && target.late_percent > 0; }

void add_who(Node row, const TargetResult& target, const HtmlWriter& writer) {
  add_student(set(add(row, "th"), "scope", "row"), target, writer);
  writer.say(add(add(row, "td"), "bdi"), html_line(target.name, longest_id));
}

void add_moment(Node row, const std::string& time, const HtmlWriter& writer) {
  auto cell = add(row, "td");
  if (!time.empty()) writer.time(cell, time);
}

Node add_table_head(Node table, const std::vector<Message>& titles, const HtmlWriter& writer) {
  auto row = add(add(table, "thead"), "tr");
  for (const auto& title : titles) add_column(row, title, writer);
  return row;
}

// Stages of all students, in the order of their first occurrence.
std::vector<const StageResult*> stages_of(const Report& report) {
  std::vector<const StageResult*> stages;
  for (const auto& target : report.targets)
    for (const auto& stage : target.stages)
      if (std::ranges::find(stages, stage.id, &StageResult::id) == stages.end()) stages.push_back(&stage);
  return stages;
}

void add_number(Node row, double value, const HtmlWriter& writer) {
  writer.say(add(row, "td", "number"), writer.number(value));
}

void add_mark_row(Node body, const TargetResult& target, const std::vector<const StageResult*>& stages,
                  const HtmlWriter& writer) {
  auto row = add(body, "tr", is_graded(target) ? "" : "none");
  add_who(row, target, writer);
  if (!is_graded(target)) {
    writer.say(set(add(row, "td"), "colspan", std::to_string(stages.size() + 2)), msg("Not graded"));
    return;
  }
  writer.say(add(add(row, "td", "number"), "strong"), writer.number(target.score));
  for (const auto* stage : stages) {
    const auto own = std::ranges::find(target.stages, stage->id, &StageResult::id);
    if (own == target.stages.end())
      add(row, "td");
    else
      add_number(row, own->points, writer);
  }
  if (target.penalty > 0)
    writer.say(add(row, "td", "number"), "−" + writer.number(target.penalty));
  else
    add(row, "td");
}

}  // namespace

void add_not_graded(Node main, const Report& report, const HtmlWriter& writer) {
  if (std::ranges::all_of(report.targets, is_graded)) return;
  auto section = add_section(main, "not-graded", msg("Students without a mark"), writer);
  writer.say(add(section, "p"), msg("Nothing could be judged, or not all of it. This is not a mark of 0."));
  auto table = add_table(section, "not-graded", "");
  add_table_head(table, {msg("Student"), msg("Id"), msg("Why"), msg("Target")}, writer);
  auto body = add(table, "tbody");
  for (const auto& target : report.targets) {
    if (is_graded(target)) continue;
    auto row = add(body, "tr");
    add_who(row, target, writer);
    writer.say_alone(add(row, "td", "long"), target.not_graded);
    writer.code(add(row, "td"), html_line(target.student ? target.student->target : target.host, longest_id));
  }
}

void add_late(Node main, const Report& report, const HtmlWriter& writer) {
  if (std::ranges::none_of(report.targets, is_late)) return;
  auto section = add_section(main, "late", msg("Late"), writer);
  auto table = add_table(section, "late", "");
  add_table_head(table,
                 {msg("Student"), msg("Id"), msg("Due"), msg("Handed in"), msg("Taken off, in %"), msg("In points")},
                 writer);
  auto body = add(table, "tbody");
  for (const auto& target : report.targets) {
    if (!is_late(target)) continue;
    auto row = add(body, "tr");
    add_who(row, target, writer);
    const bool has_own = target.student && !target.student->due.empty();
    add_moment(row, has_own ? target.student->due : report.run.due, writer);
    const bool is_known = target.student && !target.student->submitted.empty();
    add_moment(row, is_known ? target.student->submitted : target.looked_at, writer);
    add_number(row, target.late_percent, writer);
    add_number(row, target.penalty, writer);
  }
}

void add_marks(Node main, const Report& report, const HtmlWriter& writer) {
  const auto stages = stages_of(report);
  auto section = add_section(main, "marks", msg("Marks"), writer);
  writer.say(add(section, "p"), msg("In the roster's order; each name leads to the student's own report."));
  auto table = add_table(section, "marks", "sheet");
  auto head = add_table_head(table, {msg("Student"), msg("Id"), msg("Mark")}, writer);
  for (const auto* stage : stages) say_title(set(add(head, "th"), "scope", "col"), stage->title, stage->id, writer);
  add_column(head, msg("Late"), writer);
  auto body = add(table, "tbody");
  for (const auto& target : report.targets) add_mark_row(body, target, stages, writer);
}

}  // namespace mqtts::reports
