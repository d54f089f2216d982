#include "reports/html/audit.h"

#include <algorithm>
#include <map>
#include <string>

#include "reports/describe.h"
#include "reports/html/ladder.h"
#include "reports/html/parts.h"
#include "reports/topics.h"

namespace mqtts::reports {
namespace {

struct Found {
  const CheckResult* check = nullptr;
  std::string anchor;
};

Found find_on_page(const TargetResult& target, const std::string& id) {
  for (std::size_t i = 0; i < target.stages.size(); ++i) {
    const auto& checks = target.stages[i].checks;
    const auto found = std::ranges::find(checks, id, &CheckResult::id);
    if (found != checks.end()) return {&*found, check_id(i, static_cast<std::size_t>(found - checks.begin()))};
  }
  return {};
}

std::size_t number_of(const StageResult& stage, Verdict verdict) {
  return static_cast<std::size_t>(std::ranges::count(stage.checks, verdict, &CheckResult::verdict));
}

// "5 of 6 checks passed, 2 not made", without what is nought.
Message how_many_passed(const StageResult& stage) {
  const auto skipped = number_of(stage, Verdict::skip);
  const auto made = stage.checks.size() - skipped;
  const std::map<std::string, std::string> args = {{"passed", std::to_string(number_of(stage, Verdict::pass))},
                                                   {"made", std::to_string(made)},
                                                   {"skipped", std::to_string(skipped)}};
  if (made == 0) return msg_n(skipped, "{count} not made", "{count} not made");
  if (skipped == 0) return msg("{passed} of {made} checks passed", args);
  return msg("{passed} of {made} checks passed, {skipped} not made", args);
}

}  // namespace

void add_grade(Node header, const TargetResult& target, const HtmlWriter& writer) {
  auto box = add(header, "div", target.grade.empty() ? "mark none" : "mark");
  auto score = add(box, "p", "score");
  if (target.grade.empty()) {
    writer.say(score, msg("No grade"));
    writer.say_alone(add(box, "p"), msg("nothing was judged"));
    return;
  }
  writer.say(add(score, "strong", "grade"), target.grade);
  writer.say_alone(add(box, "p"), msg("grade {grade}: {meaning}", {{"grade", target.grade},
                                                                   {"meaning", writer.tr()(meaning_of_grade(target))}}));
}

void add_severity(Node parent, const CheckResult& check, const HtmlWriter& writer) {
  if (!check.severity) return;
  const auto css = "tag severity " + std::string(to_string(*check.severity));
  writer.say(add(parent, "span", css.c_str()), describe(*check.severity));
}

void add_lines(Node parent, const CheckResult& check, const HtmlWriter& writer) {
  if (check.lines.empty()) return;
  std::string all;
  for (const auto& line : check.lines) all += line + '\n';
  writer.excerpt(parent, all, msg("Lines to paste"));
}

void add_remedies(Node main, const TargetResult& target, const HtmlWriter& writer) {
  if (target.remedies.empty()) return;
  auto section = set(add(main, "section", "next"), "aria-labelledby", "remedies");
  writer.say(set(add(section, "h2"), "id", "remedies"), msg("What to mend first"));
  auto list = add(section, "ol", "remedies");
  for (const auto& id : target.remedies) {
    const auto [check, anchor] = find_on_page(target, id);
    if (check == nullptr) continue;
    auto item = add(list, "li");
    auto title = add(item, "p", "wanted");
    add_severity(title, *check, writer);
    auto link = set(add(title, "a"), "href", "#" + anchor);
    say_title(link, check->title, check->id, writer);
    writer.say_alone(add(item, "p"), check->message);
    writer.say(add(item, "p", "advice"), check->hint);
    add_lines(item, *check, writer);
  }
}

void add_groups(Node main, const TargetResult& target, const HtmlWriter& writer) {
  if (target.stages.empty()) return;
  auto section = set(add(main, "section", "groups"), "aria-labelledby", "groups");
  writer.say(set(add(section, "h2"), "id", "groups"), msg("What was looked at"));
  auto list = add(section, "ul", "rungs");
  for (std::size_t i = 0; i < target.stages.size(); ++i) {
    const auto& stage = target.stages[i];
    auto row = add(list, "li", css_of(stage.verdict));
    add_badge(row, stage.verdict, writer);
    auto link = set(add(row, "a", "name"), "href", "#" + stage_id(i));
    say_title(link, stage.title, stage.id, writer);
    writer.say(add(row, "span", "faint"), how_many_passed(stage));
  }
}

void add_topics(Node main, const TargetResult& target, const HtmlWriter& writer) {
  if (!target.topics) return;
  auto section = set(add(main, "section", "topics"), "aria-labelledby", "topics");
  writer.say(set(add(section, "h2"), "id", "topics"), msg("Topics that could be read"));
  for (const auto& each : summary_of(*target.topics)) writer.say_alone(add(section, "p"), each);
  if (target.topics->topics.empty()) return;
  auto box = set(add(section, "div", "scroll"), "tabindex", "0");
  auto table = add(box, "table");
  auto head = add(add(table, "thead"), "tr");
  for (const auto& name : {msg("topic"), msg("messages"), msg("retained"), msg("suspected")})
    writer.say(set(add(head, "th"), "scope", "col"), name);
  auto body = add(table, "tbody");
  for (const auto* topic : most_telling(*target.topics)) {
    auto row = add(body, "tr");
    writer.code(set(add(row, "th"), "scope", "row"), topic->topic);
    writer.say(add(row, "td"), std::to_string(topic->messages));
    writer.say(add(row, "td"), std::to_string(topic->retained));
    writer.say(add(row, "td"), suspected_kinds(*topic, writer.tr()));
  }
}

}  // namespace mqtts::reports
