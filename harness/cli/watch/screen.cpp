#include "harness/cli/watch/screen.h"

#include <algorithm>

#include "harness/model/next_step.h"
#include "reports/compare.h"
#include "reports/diff.h"
#include "reports/plain_text.h"
#include "reports/terminal_style.h"

namespace mqtts::cli::watch {
namespace {

using reports::Color;

constexpr std::string_view clear_screen = "\x1b[H\x1b[2J";  // ECMA-48 sections 8.3.21 and 8.3.39

class Screen {
 public:
  Screen(const reports::Translator& tr, const reports::Style& style, reports::Detail detail)
      : tr_(tr), ink_(style), detail_(detail) {}

  std::string text(const Round& round, Shown shown) {
    begin(round);
    if (shown == Shown::all) {
      out_ += reports::standing(round.now, tr_, ink_.style()) + '\n';
      changed(round);
    }
    for (const auto& target : round.now.targets) next_step(target);
    return std::move(out_);
  }

  std::string text(const Waiting& waiting) {
    if (waiting.broken) {
      wrapped(tr_(waiting.broken->what), Color::warning);
      wrapped(tr_(waiting.broken->hint), Color::faint);
    }
    const auto dot = ' ' + std::string(ink_.dot()) + ' ';
    std::string line = tr_(what_is_waited_for(waiting));
    line += dot + tr_(waiting.has_keys ? msg("Enter: again") : msg("Ctrl-C: end"));
    if (waiting.has_keys) line += dot + tr_(msg("q: end"));
    wrapped(line, Color::faint);
    return std::move(out_);
  }

 private:
  void wrapped(const std::string& text, Color tone) {
    if (text.empty()) return;
    for (const auto& part : reports::wrapped(text, static_cast<std::size_t>(ink_.style().width)))
      out_ += ink_(tone, part) + '\n';
  }

  void begin(const Round& round) {
    if (ink_.style().live) {
      out_ += clear_screen;
    } else if (round.before != nullptr) {
      for (int i = 0; i < ink_.style().width; ++i) out_ += ink_.style().unicode ? "─" : "-";
      out_ += '\n';
    }
    out_ += ink_(Color::faint, round.clock) + "  ";
  }

  std::string causes(const Change& change) const {
    std::string all;
    const auto add = [&](const Message& cause) { all += (all.empty() ? "" : ", ") + tr_(cause); };
    const auto& [before, after] = change;
    if (before.configuration != after.configuration) add(msg("the configuration has changed"));
    if (before.files != after.files) add(msg("a file that the configuration names has changed"));
    if (before.material != after.material) add(msg("keys, certificates or passwords for the checks have changed"));
    if (before.process != after.process && after.process.empty()) add(msg("the broker has stopped"));
    if (before.process != after.process && before.process.empty()) add(msg("the broker has started"));
    if (before.process != after.process && !before.process.empty() && !after.process.empty())
      add(msg("the broker was restarted"));
    return all;
  }

  void changed(const Round& round) {
    if (round.before == nullptr) return;
    const auto cause = round.cause ? causes(*round.cause) : std::string();
    wrapped(
        tr_(cause.empty() ? msg("Since the last look:") : msg("Since the last look ({cause}):", {{"cause", cause}})),
        Color::strong);
    std::string lines;
    for (const auto& target : reports::compare(*round.before, round.now).targets)
      lines += reports::changes_text(target, tr_, ink_.style());
    out_ += lines.empty() ? "  " + tr_(msg("no verdict has changed")) + '\n' : lines;
    out_ += '\n';
  }

  void next_step(const TargetResult& target) {
    if (const auto step = mqtts::next_step(target)) {
      const auto& stage = target.stages[step->stage];
      out_ += ink_(Color::strong, tr_(msg("The next step"))) + '\n';
      // What the broker does not know of yet is not judged: nothing else is to be mended before.
      if (!target.not_restarted.empty())
        wrapped(tr_(target.not_restarted) + '\n', Color::warning);
      else
        out_ += reports::details(stage, stage.checks[step->check], tr_, ink_.style(), detail_);
    } else if (is_done(target)) {
      done(target);
    }
  }

  // A target is not done if nothing was judged.
  static bool is_done(const TargetResult& target) {
    const auto has_trouble = [](const auto& stage) { return !stage.message.empty(); };
    const auto has_checks = [](const auto& stage) { return !stage.checks.empty(); };
    return target.message.empty() && std::ranges::none_of(target.stages, has_trouble) &&
           std::ranges::any_of(target.stages, has_checks);
  }

  void done(const TargetResult& target) {
    int hidden = 0;
    for (const auto& stage : target.stages) hidden += stage.hidden_checks;
    out_ += ink_(Color::good, tr_(msg("Every check that was asked for passes: there is nothing left to do."))) + '\n';
    if (hidden > 0)
      wrapped(tr_(msg("Checks that you may not see yet: {count}", {{"count", std::to_string(hidden)}})), Color::faint);
    out_ += '\n';
  }

  static Message what_is_waited_for(const Waiting& waiting) {
    if (!waiting.has_ssh) return msg("the target says nothing of SSH, so changes are not seen");
    if (!waiting.broken) return msg("waiting for a change of the broker's configuration");
    return msg("the broker's host does not answer, and is asked again");
  }

  const reports::Translator& tr_;
  reports::TerminalStyle ink_;
  reports::Detail detail_;
  std::string out_;
};

}  // namespace

std::string round_text(const Round& round, const reports::Translator& tr, const reports::Style& style, Shown shown,
                       reports::Detail detail) {
  return Screen(tr, style, detail).text(round, shown);
}

std::string waiting_text(const Waiting& waiting, const reports::Translator& tr, const reports::Style& style) {
  return Screen(tr, style, reports::Detail::troubles).text(waiting);
}

}  // namespace mqtts::cli::watch
