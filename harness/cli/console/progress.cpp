#include "harness/cli/console/progress.h"

#include <algorithm>

#include "harness/util/utf8.h"
#include "reports/console.h"
#include "reports/describe.h"
#include "reports/numbers.h"
#include "reports/plain_text.h"

namespace mqtts::cli {
namespace {

using reports::Color;

constexpr std::size_t time_width = 9;
constexpr std::size_t least_room = 24;                // below this width, the observation gets lines of its own
constexpr std::string_view erase_line = "\r\x1b[2K";  // ECMA-48 section 8.3.41

// For a pass, the observation; otherwise the reason for the verdict.
std::string told(const CheckResult& check, const reports::Translator& tr) {
  if (check.verdict != Verdict::pass || !check.observed) return tr(check.message);
  const auto aside = reports::set_aside(*check.observed, tr);
  if (!aside.empty()) return tr(check.message) + " (" + aside + ")";
  if (asks_for_facts_alone(check.expected)) return tr(check.message);
  if (asks_for_a_layer(check.expected) && check.observed->outcome != Outcome::accepted) return tr(check.message);
  auto seen = tr(reports::describe(*check.observed));
  const auto& later = check.observed->superseded_by;
  if (later.empty()) return seen;
  if (check.observed->outcome != Outcome::accepted) return tr(check.message);
  return tr(msg("{seen}, with what stage {stage} demands", {{"seen", seen}, {"stage", later}}));
}

}  // namespace

ConsoleProgress::ConsoleProgress(std::ostream& out, reports::Translator tr, const reports::Style& style, Skips skips)
    : out_(out), tr_(tr), ink_(style), skips_(skips) {}

ConsoleProgress::~ConsoleProgress() { erase_status(); }

void ConsoleProgress::waiting_for(const Message& what) {
  if (!ink_.style().live) return;
  const auto status = tr_(msg("waiting for {what}", {{"what", tr_(what)}}));
  // One column stays free: a full line would wrap, and only its last part would be erased.
  const auto room = static_cast<std::size_t>(ink_.style().width) - 3;
  out_ << erase_line << "  " << ink_(Color::faint, reports::cut(status, room, ink_.ellipsis())) << std::flush;
  status_shown_ = true;
}

void ConsoleProgress::stage_started(const StageSpec& stage) {
  id_width_ = 0;
  for (const auto& check : stage.checks) id_width_ = std::max(id_width_, columns_of(reports::plain_line(check.id)));
  const auto& title = tr_(stage.title);
  print(ink_(Color::strong, stage.id) + (title.empty() ? "" : "  " + ink_(Color::faint, title)));
}

void ConsoleProgress::check_done(const CheckResult& check) {
  if (check.verdict == Verdict::skip && skips_ == Skips::by_number) return;
  const auto id = reports::plain_line(check.id);
  const auto used = 2 + reports::mark_width(tr_) + 2 + std::max(id_width_, columns_of(id)) + 2;
  const auto width = static_cast<std::size_t>(ink_.style().width);
  const bool beside = width >= used + least_room + time_width;
  const auto room = beside ? width - used - time_width : width - 6;
  const auto lines = reports::wrapped(told(check, tr_), room);
  const auto tone = check.verdict == Verdict::pass ? Color::faint : Color::plain;

  auto first = "  " + reports::mark(check.verdict, tr_, ink_) + "  ";
  const auto time = check.observed ? reports::fixed(check.seconds, 2, tr_.lang()) + " s" : std::string();
  if (beside) {
    // A word longer than the line stays whole.
    const auto taken = columns_of(lines[0]);
    const auto free = room + time_width > taken ? room + time_width - taken : 0;
    first += reports::padded(id, id_width_) + "  " + ink_(tone, lines[0]);
    if (!time.empty())
      first += std::string(free > time.size() ? free - time.size() : 1, ' ') + ink_(Color::faint, time);
  } else {
    first += id + (time.empty() ? "" : "  " + ink_(Color::faint, time));
  }
  print(first);
  for (std::size_t i = beside ? 1 : 0; i < lines.size(); ++i)
    if (!lines[i].empty()) print(std::string(beside ? used : 6, ' ') + ink_(tone, lines[i]));
}

void ConsoleProgress::stage_done(const StageResult& stage) {
  if (stage.checks.empty() && !stage.message.empty())
    print("  " + reports::mark(stage.verdict, tr_, ink_) + "  " + reports::plain_line(tr_(stage.message)));
  const auto skipped = std::ranges::count(stage.checks, Verdict::skip, &CheckResult::verdict);
  if (skipped > 0 && skips_ == Skips::by_number)
    print("  " + reports::mark(Verdict::skip, tr_, ink_) + "  " +
          ink_(Color::faint,
               tr_(msg_n(skipped, "{count} check not made, see below", "{count} checks not made, see below"))));
  for (const auto& line : reports::plain_lines(stage.detail)) print("    " + ink_(Color::faint, "| " + line));
  print("");
}

void ConsoleProgress::erase_status() {
  if (status_shown_) out_ << erase_line << std::flush;
  status_shown_ = false;
}

void ConsoleProgress::print(const std::string& line) {
  erase_status();
  out_ << line << '\n' << std::flush;
}

}  // namespace mqtts::cli
