#include "reports/html/check.h"

#include "reports/describe.h"
#include "reports/html/evidence_list.h"
#include "reports/html/parts.h"

namespace mqtts::reports {
namespace {

void add_summary(Node parent, const CheckResult& check, const Pen& pen) {
  auto line = add(parent, "summary");
  add_badge(line, check.verdict, pen);
  say_title(add(line, "h4"), check.title, check.id, pen);
  if (check.bonus) pen.say(add(line, "span", "tag"), msg("bonus"));
  if (check.visibility == Visibility::after_due) pen.say(add(line, "span", "tag"), msg("shown after the due date"));
  if (check.visibility == Visibility::hidden) pen.say(add(line, "span", "tag"), msg("not shown to students"));
  add_points(line, check.points, check.max_points, pen);
}

void add_expected_and_seen(Node parent, const CheckResult& check, const Pen& pen) {
  if (check.verdict == Verdict::skip || (check.expected.empty() && !check.observed)) return;
  auto sides = add(parent, "dl", "sides");
  if (!check.expected.empty()) pen.say(add_fact(sides, msg("Expected"), pen), describe(check.expected, pen.words()));
  auto seen = add_fact(sides, msg("Seen"), pen);
  if (check.observed)
    pen.say(seen, describe(*check.observed));
  else
    pen.say(seen, msg("nothing"));
}

void add_note(Node parent, const Message& text, const Pen& pen) { pen.say(add(parent, "p", "faint"), text); }

void add_context(Node parent, const CheckResult& check, const Pen& pen) {
  if (!check.control.empty() && !check.changed.empty()) {
    add_note(parent,
             msg("Compared with {control}, which must be let in; the one difference: {changed}.",
                 {{"control", check.control}, {"changed", check.changed}}),
             pen);
  }
  if (check.observed && !check.observed->superseded_by.empty()) {
    add_note(parent,
             msg("Asked with what stage {stage} demands added, as the broker has gone further.",
                 {{"stage", check.observed->superseded_by}}),
             pen);
  }
}

}  // namespace

void add_check(Node list, const CheckResult& check, const std::string& id, const Pen& pen) {
  auto item = set(add(list, "li"), "id", id);
  const bool is_good = check.verdict == Verdict::pass && check.withheld.empty();
  auto unfolding = add(item, "details", css_of(check.verdict));
  if (!is_good) set(unfolding, "open", "open");
  add_summary(unfolding, check, pen);
  auto body = add(unfolding, "div", "body");
  if (!check.withheld.empty()) {
    pen.say(add(body, "p", "withheld"),
            msg("It holds, but earns no points: {why}", {{"why", pen.words()(check.withheld)}}));
  }
  add_expected_and_seen(body, check, pen);
  if (!check.message.empty()) pen.say_alone(add(body, "p", "why"), check.message);
  const bool is_told_nothing = check.message.empty() && !check.observed;
  if (is_told_nothing) add_note(body, msg("The plan tells no more of this check."), pen);
  const bool can_be_mended = check.verdict == Verdict::fail || check.verdict == Verdict::error;
  if (can_be_mended && !pen(check.hint).empty()) {
    auto hint = add(body, "div", "hint");
    pen.say(add(hint, "h5"), msg("How to mend it"));
    pen.say(add(hint, "p"), check.hint);
  }
  add_context(body, check, pen);
  if (check.observed) add_evidence(body, *check.observed, pen);
}

}  // namespace mqtts::reports
