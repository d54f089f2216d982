// Progress of a run: a heading for each stage, a line for each check, and a status line.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>

#include "harness/model/interfaces.h"
#include "reports/terminal_style.h"
#include "reports/translator.h"

namespace mqtts::cli {

// Where checks that are skipped are told.
enum class Skips {
  by_line,
  by_number  // how many of a stage; the summary lists them
};

// Writes to `out`, which must outlive this object and have no other writer before erase_status() or the end of this
// object. Not thread-safe.
class ConsoleProgress : public Progress {
 public:
  ConsoleProgress(std::ostream& out, reports::Translator tr, const reports::Style& style, Skips skips = Skips::by_line);
  ~ConsoleProgress() override;
  ConsoleProgress(const ConsoleProgress&) = delete;
  ConsoleProgress& operator=(const ConsoleProgress&) = delete;

  void waiting_for(const Message& what) override;
  void stage_started(const StageSpec& stage) override;
  void check_done(const CheckResult& check) override;
  void stage_done(const StageResult& stage) override;

  // Erases the status line, if there is one.
  void erase_status();

 private:
  void print(const std::string& line);

  std::ostream& out_;
  reports::Translator tr_;
  reports::TerminalStyle ink_;
  Skips skips_;
  std::size_t id_width_ = 0;  // the longest id of this stage's checks
  bool status_shown_ = false;
};

}  // namespace mqtts::cli
