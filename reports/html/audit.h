// What only the page of an audit has: the grade, what to mend first, and the groups of checks.
#pragma once

#include "harness/model/report.h"
#include "reports/html/page.h"

namespace mqtts::reports {

// The letter, in a box of the page's header.
void add_grade(Node header, const TargetResult& target, const HtmlWriter& writer);

// The most urgent failed checks, each with the text and the lines that mend it.
void add_remedies(Node main, const TargetResult& target, const HtmlWriter& writer);

// The groups, and how many checks of each passed, failed and were not made.
void add_groups(Node main, const TargetResult& target, const HtmlWriter& writer);

// The topics that could be read; nothing where nobody looked.
void add_topics(Node main, const TargetResult& target, const HtmlWriter& writer);

// A severity, as a tag.
void add_severity(Node parent, const CheckResult& check, const HtmlWriter& writer);

// The lines that mend a broker, to paste.
void add_lines(Node parent, const CheckResult& check, const HtmlWriter& writer);

}  // namespace mqtts::reports
