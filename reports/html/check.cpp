#include "reports/html/check.h"

#include "reports/describe.h"
#include "reports/html/audit.h"
#include "reports/html/capture.h"
#include "reports/html/evidence_list.h"
#include "reports/html/parts.h"

namespace mqtts::reports {
namespace {

void add_summary(Node parent, const CheckResult& check, const HtmlWriter& writer) {
  auto line = add(parent, "summary");
  add_badge(line, check.verdict, writer);
  say_title(add(line, "h4"), check.title, check.id, writer);
  add_severity(line, check, writer);
  if (check.bonus) writer.say(add(line, "span", "tag"), msg("bonus"));
  if (check.visibility == Visibility::after_due) writer.say(add(line, "span", "tag"), msg("shown after the due date"));
  if (check.visibility == Visibility::hidden) writer.say(add(line, "span", "tag"), msg("not shown to students"));
  add_points(line, check.points, check.max_points, writer);
}

void add_expected_and_seen(Node parent, const CheckResult& check, const HtmlWriter& writer) {
  if (asks_for_facts_alone(check.expected)) return;  // the message tells of them
  if (check.verdict == Verdict::skip || (check.expected.empty() && !check.observed)) return;
  auto sides = add(parent, "dl", "sides");
  if (!check.expected.empty())
    writer.say(add_fact(sides, msg("Expected"), writer), describe(check.expected, writer.tr()));
  auto seen = add_fact(sides, msg("Seen"), writer);
  if (check.observed)
    writer.say(seen, describe(*check.observed));
  else
    writer.say(seen, msg("nothing"));
}

void add_note(Node parent, const Message& text, const HtmlWriter& writer) {
  writer.say(add(parent, "p", "faint"), text);
}

void add_context(Node parent, const CheckResult& check, const HtmlWriter& writer) {
  if (!check.control.empty() && !check.changed.empty()) {
    add_note(parent,
             msg("Compared with {control}, which must be let in; the one difference: {changed}.",
                 {{"control", check.control}, {"changed", check.changed}}),
             writer);
  }
  if (check.observed && !check.observed->superseded_by.empty()) {
    add_note(parent,
             msg("Asked with what stage {stage} demands added, as the broker has gone further.",
                 {{"stage", check.observed->superseded_by}}),
             writer);
  }
  if (!check.observed) return;
  if (const auto aside = set_aside(*check.observed, writer.tr()); !aside.empty())
    add_note(parent, msg("Set aside, as another check answers for it: {what}.", {{"what", aside}}), writer);
}

}  // namespace

void add_check(Node list, const CheckResult& check, const std::string& id, const HtmlWriter& writer) {
  auto item = set(add(list, "li"), "id", id);
  const bool is_good = check.verdict == Verdict::pass && check.withheld.empty();
  auto unfolding = add(item, "details", css_of(check.verdict));
  if (!is_good && !(check.verdict == Verdict::skip && check.severity)) set(unfolding, "open", "open");
  add_summary(unfolding, check, writer);
  auto body = add(unfolding, "div", "body");
  if (!check.withheld.empty()) {
    writer.say(add(body, "p", "withheld"),
               msg("It holds, but earns no points: {why}", {{"why", writer.tr()(check.withheld)}}));
  }
  add_expected_and_seen(body, check, writer);
  if (!check.message.empty()) writer.say_alone(add(body, "p", "why"), check.message);
  const bool is_told_nothing = check.message.empty() && !check.observed;
  if (is_told_nothing) add_note(body, msg("The plan tells no more of this check."), writer);
  const bool can_be_mended = check.verdict == Verdict::fail || check.verdict == Verdict::error;
  if (can_be_mended && !writer(check.hint).empty()) {
    auto hint = add(body, "div", "hint");
    writer.say(add(hint, "h5"), msg("How to mend it"));
    writer.say(add(hint, "p"), check.hint);
    add_lines(hint, check, writer);
  }
  if (!check.references.empty()) {
    std::string names;
    for (const auto& name : check.references) names += (names.empty() ? "" : ", ") + name;
    add_note(body, msg("Demanded by: {names}", {{"names", names}}), writer);
  }
  add_context(body, check, writer);
  if (check.observed) add_evidence(body, *check.observed, writer);
  if (check.capture) add_capture(body, *check.capture, writer);
}

}  // namespace mqtts::reports
