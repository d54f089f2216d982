// Shared by both HTML reports: verdicts, points, names.
#pragma once

#include <string>

#include "harness/model/report.h"
#include "reports/html/page.h"

namespace mqtts::reports {

// A verdict's class in the style sheets: "pass", "fail", "error", "skip".
const char* css_of(Verdict verdict);

// A verdict as word, shape and colour.
void add_badge(Node parent, Verdict verdict, const HtmlWriter& writer);

// "2 of 2.5 points", in an element of class "points"; nothing if there are no points.
void add_points(Node parent, double points, double most, const HtmlWriter& writer);

// Returns the number of passed checks.
std::size_t passed_in(const StageResult& stage);

// Adds a plan's title, or the id if it has none.
void say_title(Node node, const LocalText& title, const std::string& id, const HtmlWriter& writer);

// The student's name, or the target's.
std::string name_of(const TargetResult& target);

// Returns the earned points of bonus checks.
double bonus_of(const TargetResult& target);

// Adds a name and its value as a row of a <dl>. Returns the value's node, to be filled.
Node add_fact(Node list, const Message& name, const HtmlWriter& writer);

// The tool and the plan, in small print.
void add_colophon(Node footer, const RunInfo& run, const HtmlWriter& writer);

}  // namespace mqtts::reports
