// Progress of a class: a line for each graded student and, on a terminal, a board below them.
#pragma once

#include <cstddef>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "harness/model/report.h"
#include "harness/util/deadline.h"
#include "reports/terminal_style.h"
#include "reports/translator.h"

namespace mqtts::cli {

// Writes to `out`, which must have no other writer before erase(). Not thread-safe.
class Board {
 public:
  // `waiting`: number of students to grade.
  Board(std::ostream& out, reports::Translator tr, const reports::Style& style, std::size_t waiting);
  ~Board();
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  void begun(const std::string& student);
  void is_at(const std::string& student, const std::string& stage);
  // An ungraded student may be retried: again() counts the student as waiting.
  void done(const TargetResult& target);
  void stopped(const std::string& student);
  void again(const std::string& student);  // an ungraded student will be retried
  void tick();                             // draws the board, four times a second or at once after a change
  void erase();

 private:
  struct Running {
    Clock::time_point since;
    std::string stage;
  };

  std::vector<std::string> lines() const;
  void print(const std::string& line);

  std::ostream& out_;
  reports::Translator tr_;
  reports::TerminalStyle ink_;
  const Clock::time_point start_ = Clock::now();
  std::map<std::string, Running> running_;
  std::size_t waiting_;
  std::size_t done_ = 0;
  std::size_t without_mark_ = 0;
  std::size_t drawn_lines_ = 0;
  Clock::time_point drawn_at_{};
};

}  // namespace mqtts::cli
