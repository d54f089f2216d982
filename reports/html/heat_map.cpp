// Results by student and check.
#include <algorithm>
#include <map>

#include "reports/describe.h"
#include "reports/html/class_parts.h"
#include "reports/html/parts.h"
#include "reports/html/text.h"

namespace mqtts::reports {
namespace {

constexpr std::size_t longest_check_name = 60;

struct Column {
  std::string id;
  LocalText title;
  std::size_t passed = 0;
  std::size_t asked = 0;
};

struct Group {
  std::string id;
  LocalText title;
  std::vector<Column> columns;
};

using Row = std::vector<const CheckResult*>;  // by column; none: not in this student's report

// All checks of all students: with hidden checks or another plan, some reports lack some.
class Grid {
 public:
  explicit Grid(const Report& report) {
    for (const auto& target : report.targets)
      if (is_graded(target)) collect(target);
    for (const auto& target : report.targets)
      if (is_graded(target)) rows_.emplace_back(&target, row_of(target));
    std::ranges::stable_sort(rows_, {}, [](const auto& row) { return row.first->score; });
  }

  const std::vector<Group>& groups() const { return groups_; }
  const std::vector<std::pair<const TargetResult*, Row>>& rows() const { return rows_; }

 private:
  void collect(const TargetResult& target) {
    for (const auto& stage : target.stages) {
      const auto [group, is_new] = group_of_.emplace(stage.id, groups_.size());
      if (is_new) groups_.push_back({stage.id, stage.title, {}});
      for (const auto& check : stage.checks) {
        auto& columns = groups_[group->second].columns;
        if (column_of_.emplace(std::pair(stage.id, check.id), columns.size()).second)
          columns.push_back({check.id, check.title});
      }
    }
  }

  Row row_of(const TargetResult& target) {
    std::vector<std::size_t> first;  // column of each group
    std::size_t width = 0;
    for (const auto& group : groups_) {
      first.push_back(width);
      width += group.columns.size();
    }
    Row row(width);
    for (const auto& stage : target.stages) {
      const auto group = group_of_.at(stage.id);
      for (const auto& check : stage.checks) {
        const auto column = column_of_.at({stage.id, check.id});
        row[first[group] + column] = &check;
        auto& told = groups_[group].columns[column];
        ++told.asked;
        told.passed += check.verdict == Verdict::pass ? 1 : 0;
      }
    }
    return row;
  }

  std::vector<Group> groups_;
  std::map<std::string, std::size_t> group_of_;
  std::map<std::pair<std::string, std::string>, std::size_t> column_of_;  // within its group
  std::vector<std::pair<const TargetResult*, Row>> rows_;
};

class HeatMap {
 public:
  HeatMap(const Report& report, const HtmlWriter& writer) : grid_(report), writer_(writer) {}

  void add_to(Node main) {
    if (grid_.rows().empty() || grid_.groups().empty()) return;
    auto section = add_section(main, "map", msg("Student by check"), writer_);
    writer_.say(add(section, "p"),
                msg("The lowest mark comes first. Each column is a check, numbered as in the list below."));
    add_legend(section);
    auto table = add_table(section, "map", "map");
    auto head = add(table, "thead");
    add_stages(head);
    add_checks(head);
    add_shares(head);
    auto body = add(table, "tbody");
    for (const auto& [target, row] : grid_.rows()) add_row(body, *target, row);
    add_key(section);
  }

 private:
  void add_legend(Node section) {
    auto legend = add(section, "p", "legend");
    for (const auto verdict : {Verdict::pass, Verdict::fail, Verdict::error, Verdict::skip}) {
      add_badge(legend, verdict, writer_);
      writer_.say(legend, " ");
    }
  }

  void add_stages(Node head) {
    auto row = add(head, "tr", "groups");
    writer_.say(set(set(add(row, "th", "who"), "rowspan", "2"), "scope", "col"), msg("Student"));
    writer_.say(set(set(add(row, "th", "score"), "rowspan", "2"), "scope", "col"), msg("Mark"));
    for (const auto& group : grid_.groups()) {
      if (group.columns.empty()) continue;
      auto cell = set(add(row, "th", "first"), "scope", "colgroup");
      set(cell, "colspan", std::to_string(group.columns.size()));
      say_title(add(cell, "span"), group.title, group.id, writer_);
    }
  }

  void add_checks(Node head) {
    auto row = add(head, "tr", "ids");
    std::size_t number = 0;
    for (const auto& group : grid_.groups()) {
      for (const auto& column : group.columns) {
        auto cell = set(add(row, "th", &column == &group.columns.front() ? "first" : ""), "scope", "col");
        writer_.say(add(cell, "span"), html_line(column.id, longest_check_name));
        writer_.say(add(cell, "b"), std::to_string(++number));
      }
    }
  }

  // The share of the class that passes each check.
  void add_shares(Node head) {
    auto row = add(head, "tr", "shares");
    writer_.say(set(set(add(row, "th", "who"), "scope", "row"), "colspan", "2"), msg("passing, in %"));
    for (const auto& group : grid_.groups())
      for (const auto& column : group.columns)
        writer_.say(
            add(row, "td", &column == &group.columns.front() ? "first" : ""),
            std::to_string((200 * column.passed + column.asked) / (2 * std::max<std::size_t>(column.asked, 1))));
  }

  void add_row(Node body, const TargetResult& target, const Row& row) {
    auto line = add(body, "tr");
    add_student(set(add(line, "th"), "scope", "row"), target, writer_);
    writer_.say(add(line, "td", "score"), writer_.number(target.score));
    for (const auto* check : row) {
      auto cell = add(line, "td", check == nullptr ? "" : css_of(check->verdict));
      if (check != nullptr) writer_.say(cell, words_of(check->verdict));
    }
  }

  const std::string& words_of(Verdict verdict) {
    auto& text = verdicts_[verdict];
    if (text.empty()) text = writer_(describe(verdict));
    return text;
  }

  void add_key(Node section) {
    auto folded = add(section, "details", "key");
    writer_.say(add(folded, "summary"), msg("What each check asks"));
    auto list = add(folded, "ol");
    for (const auto& group : grid_.groups()) {
      for (const auto& column : group.columns) {
        auto item = add(list, "li");
        say_title(item, column.title, column.id, writer_);
        writer_.say(item, " ");
        writer_.code(item, html_line(column.id, longest_check_name));
      }
    }
  }

  Grid grid_;
  const HtmlWriter& writer_;
  std::map<Verdict, std::string> verdicts_;
};

}  // namespace

void add_heat_map(Node main, const Report& report, const HtmlWriter& writer) { HeatMap(report, writer).add_to(main); }

}  // namespace mqtts::reports
