// The sections of the class report. Each is added at the end of `main`, and left out if it is empty.
#pragma once

#include <string>
#include <vector>

#include "harness/model/report.h"
#include "reports/html/page.h"

namespace mqtts::reports {

inline bool is_graded(const TargetResult& target) { return target.not_graded.empty(); }

// The student's name, with a link to the student's page if there is one.
void add_student(Node parent, const TargetResult& target, const HtmlWriter& writer);

// The same for names of targets, as a list; a name that is not in the report is printed as it is.
class StudentList {
 public:
  explicit StudentList(const Report& report);
  void add_to(Node parent, const std::vector<std::string>& names, const HtmlWriter& writer) const;

 private:
  std::vector<std::pair<std::string, const TargetResult*>> by_name_;  // sorted
};

// A section with its heading, whose id is `id`.
Node add_section(Node main, const char* id, const Message& title, const HtmlWriter& writer);

void add_numbers(Node main, const Report& report, const HtmlWriter& writer);
void add_heat_map(Node main, const Report& report, const HtmlWriter& writer);
void add_causes(Node main, const Report& report, const HtmlWriter& writer);
void add_copies(Node main, const Report& report, const HtmlWriter& writer);
void add_not_graded(Node main, const Report& report, const HtmlWriter& writer);
void add_late(Node main, const Report& report, const HtmlWriter& writer);
void add_marks(Node main, const Report& report, const HtmlWriter& writer);

// A table that scrolls horizontally; labelled by its section's heading, `id`.
Node add_table(Node section, const char* id, const char* css);

// A column's header cell.
Node add_column(Node row, const Message& title, const HtmlWriter& writer);

}  // namespace mqtts::reports
