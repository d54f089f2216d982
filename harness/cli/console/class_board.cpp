#include "harness/cli/console/class_board.h"

#include <algorithm>

#include "reports/numbers.h"
#include "reports/plain_text.h"

namespace mqtts::cli {
namespace {

using reports::Color;

constexpr std::size_t most_slow = 5;
constexpr std::size_t id_width = 16;
constexpr auto redraw_time = std::chrono::milliseconds(250);
// ECMA-48: CPL (8.3.13) goes to the beginning of a line above, ED (8.3.39) erases what is below.
constexpr std::string_view erase_below = "\x1b[J";
std::string up(std::size_t lines) { return "\x1b[" + std::to_string(lines) + "F"; }

std::string count(std::size_t number) { return std::to_string(number); }

}  // namespace

Board::Board(std::ostream& out, reports::Translator tr, const reports::Style& style, std::size_t waiting)
    : out_(out), tr_(tr), ink_(style), waiting_(waiting) {}

Board::~Board() { erase(); }

// `begun` comes again for a student whose process was crashed by another one's broker: it counts only once.
void Board::begun(const std::string& student) {
  if (running_.insert_or_assign(student, Running{Clock::now(), {}}).second && waiting_ > 0) --waiting_;
}

void Board::is_at(const std::string& student, const std::string& stage) {
  if (const auto found = running_.find(student); found != running_.end()) found->second.stage = stage;
}

void Board::done(const TargetResult& target) {
  double seconds = 0;
  if (const auto found = running_.find(target.name); found != running_.end()) {
    seconds = seconds_since(found->second.since);
    running_.erase(found);
  }
  ++done_;
  const auto id = reports::padded(reports::plain_line(target.name), id_width);
  const auto time = reports::fixed(seconds, 1, tr_.lang()) + " s";
  if (!target.not_graded.empty()) {
    ++without_mark_;
    const auto why = tr_(msg("not graded: {why}", {{"why", tr_(target.not_graded)}}));
    print("  " + ink_(Color::warning, "?") + "  " + id + "  " + reports::plain_line(why) + "  " +
          ink_(Color::faint, time));
    return;
  }
  const bool full = target.score >= target.max_score;
  const auto sign = std::string(ink_.sign(full ? Verdict::pass : Verdict::fail));
  print("  " + ink_(full ? Color::good : Color::plain, sign) + "  " + id + "  " +
        tr_(msg("{score} of {max}", {{"score", reports::shortest(target.score, tr_.lang())},
                                     {"max", reports::shortest(target.max_score, tr_.lang())}})) +
        "  " + ink_(Color::faint, time));
}

void Board::stopped(const std::string& student) { running_.erase(student); }

void Board::again(const std::string& student) {
  ++waiting_;
  --done_;
  --without_mark_;
  print(ink_(Color::faint, tr_(msg("{student} is tried once more", {{"student", student}}))));
}

void Board::tick() {
  if (!ink_.style().live || Clock::now() - drawn_at_ < redraw_time) return;
  erase();
  const auto board = lines();
  for (const auto& line : board) out_ << line << '\n';
  out_ << std::flush;
  drawn_lines_ = board.size();
  drawn_at_ = Clock::now();
}

void Board::erase() {
  if (drawn_lines_ > 0) out_ << up(drawn_lines_) << erase_below << std::flush;
  drawn_lines_ = 0;
}

// No line may wrap: moving the cursor up by lines would end in the wrong place.
std::vector<std::string> Board::lines() const {
  const auto room = static_cast<std::size_t>(ink_.style().width) - 3;
  const auto told = [&](const std::string& line) {
    return reports::cut(reports::plain_line(line), room, ink_.ellipsis());
  };
  std::vector<std::string> lines;
  lines.emplace_back();
  lines.push_back(
      ink_(Color::strong,
           told(tr_(msg("{done} done · {running} running · {waiting} waiting · {without} without a mark · {seconds} s",
                        {{"done", count(done_)},
                         {"running", count(running_.size())},
                         {"waiting", count(waiting_)},
                         {"without", count(without_mark_)},
                         {"seconds", reports::fixed(seconds_since(start_), 0, tr_.lang())}})))));
  std::vector<std::pair<std::string, Running>> slowest(running_.begin(), running_.end());
  std::ranges::sort(slowest, {}, [](const auto& it) { return it.second.since; });
  if (slowest.size() > most_slow) slowest.resize(most_slow);
  for (const auto& [student, running] : slowest)
    lines.push_back(
        ink_(Color::faint, told("  " + reports::padded(student, id_width) + "  " +
                                reports::fixed(seconds_since(running.since), 1, tr_.lang()) + " s  " + running.stage)));
  return lines;
}

void Board::print(const std::string& line) {
  erase();
  out_ << line << '\n' << std::flush;
  drawn_at_ = {};
}

}  // namespace mqtts::cli
