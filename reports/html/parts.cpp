#include "reports/html/parts.h"

#include <algorithm>
#include <map>

#include "reports/describe.h"

namespace mqtts::reports {

const char* css_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::fail: return "fail";
    case Verdict::error: return "error";
    case Verdict::skip: return "skip";
  }
  return "error";
}

void add_badge(Node parent, Verdict verdict, const HtmlWriter& writer) {
  auto badge = add(parent, "span", "badge");
  add(badge, "span", css_of(verdict));  // its shape comes from the style sheet
  writer.say(badge, describe(verdict));
}

void add_points(Node parent, double points, double most, const HtmlWriter& writer) {
  if (most <= 0) return;
  const std::map<std::string, std::string> args = {{"points", writer.number(points)}, {"max", writer.number(most)}};
  writer.say(add(parent, "span", "points"),
             most > 1 ? msg("{points} of {max} points", args) : msg("{points} of {max} point", args));
}

std::size_t passed_in(const StageResult& stage) {
  return static_cast<std::size_t>(std::ranges::count(stage.checks, Verdict::pass, &CheckResult::verdict));
}

void say_title(Node node, const LocalText& title, const std::string& id, const HtmlWriter& writer) {
  if (writer.tr()(title).empty())
    writer.say(node, id);
  else
    writer.say(node, title);
}

std::string name_of(const TargetResult& target) {
  return target.student && !target.student->name.empty() ? target.student->name : target.name;
}

double bonus_of(const TargetResult& target) {
  double bonus = 0;
  for (const auto& stage : target.stages)
    for (const auto& check : stage.checks) bonus += check.bonus ? check.points : 0;
  return bonus;
}

Node add_fact(Node list, const Message& name, const HtmlWriter& writer) {
  auto row = add(list, "div");
  writer.say(add(row, "dt"), name);
  return add(row, "dd");
}

void add_colophon(Node footer, const RunInfo& run, const HtmlWriter& writer) {
  auto line = add(footer, "p");
  writer.say(line, run.tool);
  if (!run.plan_sha256.empty()) {
    writer.say(line, " · ");
    writer.say(line, msg("plan {plan}", {{"plan", run.plan}}));
    writer.say(line, ", SHA-256 ");
    writer.code(line, run.plan_sha256);
  }
}

}  // namespace mqtts::reports
