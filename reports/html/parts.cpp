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

void add_badge(Node parent, Verdict verdict, const Pen& pen) {
  auto badge = add(parent, "span", "badge");
  add(badge, "span", css_of(verdict));  // its shape, drawn by the style sheet
  pen.say(badge, describe(verdict));
}

void add_points(Node parent, double points, double most, const Pen& pen) {
  if (most <= 0) return;
  const std::map<std::string, std::string> args = {{"points", pen.number(points)}, {"max", pen.number(most)}};
  pen.say(add(parent, "span", "points"),
          most > 1 ? msg("{points} of {max} points", args) : msg("{points} of {max} point", args));
}

std::size_t passed_in(const StageResult& stage) {
  return static_cast<std::size_t>(std::ranges::count(stage.checks, Verdict::pass, &CheckResult::verdict));
}

void say_title(Node node, const LocalText& title, const std::string& id, const Pen& pen) {
  if (pen.words()(title).empty())
    pen.say(node, id);
  else
    pen.say(node, title);
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

Node add_fact(Node list, const Message& name, const Pen& pen) {
  auto row = add(list, "div");
  pen.say(add(row, "dt"), name);
  return add(row, "dd");
}

void add_colophon(Node footer, const RunInfo& run, const Pen& pen) {
  auto line = add(footer, "p");
  pen.say(line, run.tool);
  if (!run.plan_sha256.empty()) {
    pen.say(line, " · ");
    pen.say(line, msg("plan {plan}", {{"plan", run.plan}}));
    pen.say(line, ", SHA-256 ");
    pen.code(line, run.plan_sha256);
  }
}

}  // namespace mqtts::reports
