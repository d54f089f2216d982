#include "reports/html/ladder.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/html/parts.h"

namespace mqtts::reports {
namespace {

Message standing(std::size_t held, std::size_t all) {
  if (held == all) return msg_n(all, "The one stage holds.", "All {count} stages hold.");
  if (held == 0) return msg("The first stage does not hold yet.");
  return msg_n(held, "The first of {all} stages holds.", "The first {count} of {all} stages hold.",
               {{"all", std::to_string(all)}});
}

void add_rung(Node list, const StageResult& stage, std::size_t number, bool is_here, const HtmlWriter& writer) {
  auto rung = add(list, "li", css_of(stage.verdict));
  if (is_here) set(rung, "aria-current", "step");
  add_badge(rung, stage.verdict, writer);
  auto link = set(add(rung, "a", "name"), "href", "#" + stage_id(number));
  say_title(link, stage.title, stage.id, writer);
  if (is_here) writer.say(add(rung, "span", "tag here"), msg("the stage to work on"));
  auto facts = add(rung, "span", "faint");
  writer.say(facts, msg_n(stage.checks.size(), "{passed} of {count} check", "{passed} of {count} checks",
                          {{"passed", std::to_string(passed_in(stage))}}));
  add_points(rung, stage.points, stage.max_points, writer);
}

void add_advice(Node parent, const Advice& advice, const HtmlWriter& writer) {
  if (!advice.message.empty())
    writer.say_alone(add(parent, "p", "advice"), advice.message);
  else if (!writer(advice.hint).empty())
    writer.say(add(parent, "p", "advice"), advice.hint);
}

}  // namespace

std::string stage_id(std::size_t stage) { return fmt::format("stage-{}", stage + 1); }

std::string check_id(std::size_t stage, std::size_t check) { return fmt::format("check-{}-{}", stage + 1, check + 1); }

std::size_t stages_held(const TargetResult& target) {
  const auto first =
      std::ranges::find_if(target.stages, [](const StageResult& stage) { return stage.verdict != Verdict::pass; });
  return static_cast<std::size_t>(first - target.stages.begin());
}

void add_ladder(Node main, const TargetResult& target, const HtmlWriter& writer) {
  if (target.stages.empty()) return;
  auto section = set(add(main, "section", "ladder"), "aria-labelledby", "ladder");
  writer.say(set(add(section, "h2"), "id", "ladder"), msg("Where this broker stands"));
  const auto held = stages_held(target);
  writer.say(add(section, "p"), standing(held, target.stages.size()));
  auto list = add(section, "ol", "rungs");
  for (std::size_t i = 0; i < target.stages.size(); ++i) add_rung(list, target.stages[i], i, i == held, writer);
}

void add_next_step(Node main, const TargetResult& target, const HtmlWriter& writer) {
  if (target.stages.empty()) return;
  const auto step = next_step(target);
  const bool is_done = !step && stages_held(target) == target.stages.size();
  auto section = set(add(main, "section", is_done ? "next done" : "next"), "aria-labelledby", "next");
  writer.say(set(add(section, "h2"), "id", "next"), is_done ? msg("Nothing is left to do") : msg("The next step"));
  if (is_done) {
    writer.say(add(section, "p"), msg("Every check passed: each refusal was proven, and so was each acceptance."));
    return;
  }
  const auto& stage = target.stages[step ? step->stage : stages_held(target)];
  if (!step) {
    writer.say_alone(add(section, "p", "advice"),
                     stage.message.empty() ? msg("the stage was not judged") : stage.message);
    return;
  }
  const auto& check = stage.checks[step->check];
  auto title = add(section, "p", "wanted");
  add_badge(title, check.verdict, writer);
  auto link = set(add(title, "a"), "href", "#" + check_id(step->stage, step->check));
  say_title(link, check.title, check.id, writer);
  add_advice(section, advice_for(target, *step), writer);
}

}  // namespace mqtts::reports
