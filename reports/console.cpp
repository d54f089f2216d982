#include "reports/console.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/model/next_step.h"
#include "harness/util/utf8.h"
#include "reports/describe.h"
#include "reports/numbers.h"
#include "reports/plain_text.h"
#include "reports/topics.h"

namespace mqtts::reports {
namespace {

constexpr std::size_t log_lines_shown = 5;
constexpr std::size_t topics_shown = 20;

std::size_t word_width(const Translator& tr) {
  std::size_t width = 0;
  for (const auto verdict : {Verdict::pass, Verdict::fail, Verdict::error, Verdict::skip})
    width = std::max(width, columns_of(tr(describe(verdict))));
  return width;
}

std::size_t count_of(const StageResult& stage, Verdict verdict) {
  return static_cast<std::size_t>(std::ranges::count(stage.checks, verdict, &CheckResult::verdict));
}

std::size_t count_of(const TargetResult& target, Verdict verdict) {
  std::size_t all = 0;
  for (const auto& stage : target.stages) all += count_of(stage, verdict);
  return all;
}

std::size_t open_checks(const TargetResult& target) {
  return count_of(target, Verdict::fail) + count_of(target, Verdict::error) + count_of(target, Verdict::skip);
}

Message counted(Verdict verdict, std::size_t number) {
  const std::map<std::string, std::string> args = {{"count", std::to_string(number)}};
  switch (verdict) {
    case Verdict::pass: return msg_n(number, "{count} passed", "{count} passed");
    case Verdict::fail: return msg("{count} failed", args);
    case Verdict::error: return msg("{count} not judged", args);
    case Verdict::skip: return msg_n(number, "{count} skipped", "{count} skipped");
  }
  return {};
}

class ConsoleText {
 public:
  ConsoleText(const Translator& tr, const Style& style, Detail detail)
      : tr_(tr), ink_(style), width_(static_cast<std::size_t>(style.width)), detail_(detail) {
    for (const auto& label : {msg("expected"), msg("seen"), msg("why"), msg("log"), msg("try it"), msg("hint"),
                              msg("TLS"), msg("Paho"), msg("note")})
      label_width_ = std::max(label_width_, columns_of(tr_(label)));
  }

  std::string text(const Report& report) {
    title(report.run);
    is_audit_ = is_audit(report.run);
    for (const auto& target : report.targets) {
      heading(target, report.run);
      ladder(target);
      for (const auto& stage : target.stages) details(stage);
      if (is_audit_) not_made(target);
      if (is_audit_) remedies(target);
      if (target.topics) topics(*target.topics);
      if (target.restored != false && !is_audit_) next_step(target);
      if (target.restored == false) not_put_back(target);
      if (target.restored != false && !target.message.empty()) trouble_of_target(target);
      totals(target, report.run);
    }
    return std::move(out_);
  }

  std::string standing(const Report& report) {
    title(report.run);
    is_audit_ = is_audit(report.run);
    for (const auto& target : report.targets) {
      heading(target, report.run);
      ladder(target);
      if (!target.message.empty()) trouble_of_target(target);
      totals(target, report.run);
    }
    return std::move(out_);
  }

  std::string text(const StageResult& stage, const CheckResult& check) {
    details(stage, check);
    return std::move(out_);
  }

 private:
  void line(const std::string& text = {}) { out_ += text + '\n'; }

  // Prints a label and a text beside it, wrapped into the text's column.
  void field(const Message& label, std::string_view text, Color tone = Color::plain) {
    if (text.empty()) return;
    const std::size_t used = 4 + label_width_ + 2;
    bool first = true;
    for (const auto& part : wrapped(text, width_ > used + 20 ? width_ - used : 20)) {
      const auto name = first ? padded(tr_(label), label_width_ + 2) : std::string(label_width_ + 2, ' ');
      line("    " + ink_(Color::faint, name) + ink_(tone, part));
      first = false;
    }
  }

  // Never wraps a line to paste: a shell would take its second half as another command.
  void command(const Message& label, std::string_view text) {
    const auto name = padded(tr_(label), label_width_ + 2);
    line("    " + ink_(Color::faint, name) + ink_(Color::strong, text));
  }

  void lines(const Message& label, const std::string& text) {
    auto all = plain_lines(text);
    if (all.size() > log_lines_shown) all.erase(all.begin(), all.end() - log_lines_shown);
    for (std::size_t i = 0; i < all.size(); ++i) field(i == 0 ? label : Message{}, all[i], Color::faint);
  }

  void title(const RunInfo& run) {
    const auto& title = tr_(run.plan_title);
    line(ink_(Color::strong, run.plan) + (title.empty() ? "" : "  " + ink_(Color::plain, title)));
  }

  void heading(const TargetResult& target, const RunInfo& run) {
    const bool told_once = target.host.empty() || target.host == target.name;
    const auto dot = ' ' + std::string(ink_.dot()) + ' ';
    line(ink_(Color::faint, target.name + (told_once ? "" : dot + target.host) +
                                (target.broker ? dot + plain_line(*target.broker) : "")));
    if (run.configuration != Configuration::unknown) line(ink_(Color::faint, tr_(describe(run.configuration))));
    if (!target.broker_known_by.empty())
      for (const auto& part : wrapped(tr_(target.broker_known_by), width_)) line(ink_(Color::faint, part));
    for (const auto& doubt : doubts_about(target))
      for (const auto& part : wrapped(tr_(doubt), width_))
        if (!part.empty()) line(ink_(Color::faint, part));
    line();
  }

  void ladder(const TargetResult& target) {
    std::size_t id_width = 0;
    std::size_t share_width = 0;
    for (const auto& stage : target.stages) {
      id_width = std::max(id_width, columns_of(plain_line(stage.id)));
      share_width = std::max(share_width, columns_of(share(stage)));
    }
    for (const auto& stage : target.stages) {
      const auto seconds = fixed(stage.seconds, 2, tr_.lang()) + " s";
      line("  " + mark(stage.verdict, tr_, ink_) + "  " + padded(plain_line(stage.id), id_width) + "  " +
           padded(share(stage), share_width) + "  " + ink_(Color::faint, right(seconds, 8)));
    }
    if (!target.stages.empty()) line();
  }

  void details(const StageResult& stage) {
    if (!stage.message.empty()) {
      line(mark(stage.verdict, tr_, ink_) + "  " + ink_(Color::strong, stage.id));
      field(msg("why"), tr_(stage.message));
      lines(msg("log"), stage.detail);
      line();
    }
    for (const auto& check : stage.checks) {
      const bool told_with_stage = !check.observed && check.message == stage.message;
      const bool is_told_below = is_audit_ && check.verdict == Verdict::skip;
      const bool wanted = detail_ == Detail::everything || (check.verdict != Verdict::pass && !is_told_below);
      if (wanted && !told_with_stage) details(stage, check);
    }
  }

  void details(const StageResult& stage, const CheckResult& check) {
    line(mark(check.verdict, tr_, ink_) + "  " + ink_(Color::faint, stage.id + ' ' + std::string(ink_.dot()) + ' ') +
         ink_(Color::strong, check.id));
    for (const auto& part : wrapped(tr_(check.title), width_ - 4))
      if (!part.empty()) line("    " + part);
    const bool is_of_facts = asks_for_facts_alone(check.expected);
    if (check.verdict != Verdict::skip && !is_of_facts) field(msg("expected"), describe(check.expected, tr_));
    if (check.observed && !is_of_facts) field(msg("seen"), tr_(describe(*check.observed)));
    field(msg("why"), tr_(check.message));
    if (check.observed) {
      if (const auto aside = set_aside(*check.observed, tr_); !aside.empty())
        field(msg("note"), tr_(msg("set aside: {what}", {{"what", aside}})));
      for (const auto& evidence : check.observed->evidence) {
        const auto text = evidence_text(evidence, tr_);
        if (evidence.kind == EvidenceKind::broker_log) lines(msg("log"), text);
        if (detail_ == Detail::everything) {
          if (evidence.kind == EvidenceKind::tls) field(msg("TLS"), text);
          if (evidence.kind == EvidenceKind::paho) field(msg("Paho"), text);
        }
        if (evidence.kind == EvidenceKind::note && (detail_ == Detail::everything || is_of_facts))
          field(msg("note"), text);
        if (evidence.kind == EvidenceKind::reproduce) command(msg("try it"), text);
      }
    }
    if (check.verdict == Verdict::fail && !is_audit_) field(msg("hint"), tr_(check.hint), Color::strong);
    line();
  }

  // Of an audit: the checks that were not made, by what is missing.
  void not_made(const TargetResult& target) {
    const auto all = reports::not_made(target, tr_);
    if (all.empty()) return;
    line(ink_(Color::strong, tr_(msg("Not made"))));
    for (const auto& [reason, ids] : all) {
      for (const auto& part : wrapped(reason, width_ - 4)) line("    " + ink_(Color::plain, part));
      for (const auto& part : wrapped(fmt::format("{}", fmt::join(ids, ", ")), width_ - 8))
        line("        " + ink_(Color::faint, part));
    }
    line();
  }

  // Of an audit: what is most urgent, and the lines that mend it.
  void remedies(const TargetResult& target) {
    if (target.remedies.empty()) return;
    line(ink_(Color::strong, tr_(msg("What to mend first"))));
    int number = 0;
    for (const auto& id : target.remedies) {
      const auto* check = find_check(target, id);
      if (check == nullptr) continue;
      line("  " + std::to_string(++number) + ". " + ink_(Color::strong, check->id) +
           (check->severity ? "  " + ink_(Color::bad, tr_(describe(*check->severity))) : ""));
      for (const auto& part : wrapped(tr_(check->hint), width_ - 5))
        if (!part.empty()) line("     " + part);
      for (const auto& each : check->lines) line("       " + ink_(Color::strong, each));
    }
    line();
  }

  // Of an audit: what could be read. Kinds in words, but never a payload.
  void topics(const TopicsSeen& seen) {
    line(ink_(Color::strong, tr_(msg("Topics that could be read"))));
    for (const auto& each : summary_of(seen))
      for (const auto& part : wrapped(tr_(each), width_ - 4)) line("    " + part);
    const auto all = most_telling(seen);
    const auto shown = std::min(all.size(), topics_shown);
    if (shown > 0)
      line("    " + ink_(Color::faint,
                         right(tr_(msg("messages")), 9) + right(tr_(msg("retained")), 10) + "  " + tr_(msg("topic"))));
    for (std::size_t i = 0; i < shown; ++i) {
      const auto& topic = *all[i];
      const auto suspected = suspected_kinds(topic, tr_);
      const auto name = cut(plain_line(topic.topic), width_ > 60 ? width_ - 25 : 35, ink_.ellipsis());
      line("    " + right(std::to_string(topic.messages), 9) + right(std::to_string(topic.retained), 10) + "  " + name);
      if (!suspected.empty()) line("    " + std::string(21, ' ') + ink_(Color::bad, suspected));
    }
    if (shown < all.size())
      line("    " + tr_(msg_n(all.size() - shown, "{count} more in results.json", "{count} more in results.json")));
    line();
  }

  static const CheckResult* find_check(const TargetResult& target, const std::string& id) {
    for (const auto& stage : target.stages)
      if (const auto check = std::ranges::find(stage.checks, id, &CheckResult::id); check != stage.checks.end())
        return &*check;
    return nullptr;
  }

  // Where one check alone did not pass, its details have said it.
  void next_step(const TargetResult& target) {
    const auto step = mqtts::next_step(target);
    if (!step || (target.not_restarted.empty() && open_checks(target) == 1)) return;
    const auto& stage = target.stages[step->stage];
    line(ink_(Color::strong, tr_(msg("The next step"))) + "  " + ink_(Color::faint, plain_line(stage.id) + ' ') +
         ink_(Color::faint, std::string(ink_.dot()) + ' ') + plain_line(stage.checks[step->check].id));
    for (const auto& part : wrapped(advice_text(advice_for(target, *step), tr_), width_ - 4))
      if (!part.empty()) line("    " + ink_(Color::strong, part));
    line();
  }

  void not_put_back(const TargetResult& target) {
    auto before = mark(Verdict::error, tr_, ink_) + "  ";
    const auto used = mark_width(tr_) + 2;
    for (const auto& part : wrapped(tr_(msg("the broker was not put back as it was")), width_ - used)) {
      line(before + ink_(Color::strong, part));
      before = std::string(used, ' ');
    }
    field(msg("why"), tr_(target.message));
    for (std::size_t i = 0; i < target.by_hand.size(); ++i)
      command(i == 0 ? msg("try it") : Message{}, target.by_hand[i]);
    line();
  }

  void trouble_of_target(const TargetResult& target) {
    line(mark(Verdict::error, tr_, ink_) + "  " + ink_(Color::strong, target.name));
    field(msg("why"), tr_(target.message));
    line();
  }

  // "1 failed, 12 passed · score 18 of 20 · broker put back · 3.10 s", on as many lines as needed.
  void totals(const TargetResult& target, const RunInfo& run) {
    std::string current;
    std::size_t used = 0;
    const auto add = [&](std::string_view between, Color tone, const std::string& text) {
      const auto more = columns_of(between) + columns_of(text);
      if (used > 0 && used + more > width_) {
        line(std::exchange(current, {}));
        used = 0;
      }
      current += (used == 0 ? "" : ink_(Color::faint, between)) + ink_(tone, text);
      used += more;
    };
    for (const auto verdict : {Verdict::pass, Verdict::fail, Verdict::error, Verdict::skip})
      if (const auto number = count_of(target, verdict); number > 0)
        add(", ", TerminalStyle::tone(verdict), tr_(counted(verdict, number)));
    if (used == 0) add("", Color::plain, tr_(msg("nothing was judged")));
    const auto dot = ' ' + std::string(ink_.dot()) + ' ';
    if (target.max_score > 0) {
      add(dot, Color::strong,
          tr_(msg("score {score} of {max}",
                  {{"score", shortest(target.score, tr_.lang())}, {"max", shortest(target.max_score, tr_.lang())}})));
    }
    if (target.restored == true) add(dot, Color::faint, tr_(msg("broker put back")));
    add(dot, Color::faint, fixed(run.seconds, 2, tr_.lang()) + " s");
    line(current);
    if (!target.grade.empty())
      for (const auto& part : wrapped(tr_(msg("grade {grade}: {meaning}", {{"grade", target.grade},
                                                                        {"meaning", tr_(meaning_of_grade(target))}})),
                                      width_))
        line(ink_(Color::strong, part));
  }

  // Of an audit, those that were not made are told apart.
  std::string share(const StageResult& stage) const {
    if (is_audit_) {
      const auto skipped = count_of(stage, Verdict::skip);
      const auto made = stage.checks.size() - skipped;
      const auto not_made = tr_(msg_n(skipped, "{count} not made", "{count} not made"));
      if (made == 0) return not_made;
      const auto passed = tr_(msg("{passed} of {all}", {{"passed", std::to_string(count_of(stage, Verdict::pass))},
                                                        {"all", std::to_string(made)}}));
      return skipped == 0 ? passed : passed + ", " + not_made;
    }
    return tr_(msg("{passed} of {all}", {{"passed", std::to_string(count_of(stage, Verdict::pass))},
                                         {"all", std::to_string(stage.checks.size())}}));
  }

  static std::string right(const std::string& text, std::size_t width) {
    return std::string(text.size() < width ? width - text.size() : 0, ' ') + text;
  }

  const Translator& tr_;
  TerminalStyle ink_;
  std::size_t width_;
  Detail detail_;
  bool is_audit_ = false;
  std::size_t label_width_ = 0;
  std::string out_;
};

}  // namespace

std::string summary(const Report& report, const Translator& tr, const Style& style, Detail detail) {
  return ConsoleText(tr, style, detail).text(report);
}

std::string standing(const Report& report, const Translator& tr, const Style& style) {
  return ConsoleText(tr, style, Detail::troubles).standing(report);
}

std::string details(const StageResult& stage, const CheckResult& check, const Translator& tr, const Style& style,
                    Detail detail) {
  return ConsoleText(tr, style, detail).text(stage, check);
}

std::string mark(Verdict verdict, const Translator& tr, const TerminalStyle& ink) {
  const auto word = padded(tr(describe(verdict)), word_width(tr));
  return ink(TerminalStyle::tone(verdict), std::string(ink.sign(verdict)) + ' ' + word);
}

std::size_t mark_width(const Translator& tr) { return 2 + word_width(tr); }

}  // namespace mqtts::reports
