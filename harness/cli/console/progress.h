// The run as it goes: a heading per stage, a line per check, and what is being waited for.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>

#include "harness/model/interfaces.h"
#include "reports/terminal_style.h"
#include "reports/translator.h"

namespace mqtts::cli {

// Writes to `out`, which must outlive it and which nobody else writes to before erase_status() or the end of
// this object. Not for several threads.
class ConsoleProgress : public Progress {
 public:
  ConsoleProgress(std::ostream& out, reports::Translator tr, const reports::Style& style);
  ~ConsoleProgress() override;
  ConsoleProgress(const ConsoleProgress&) = delete;
  ConsoleProgress& operator=(const ConsoleProgress&) = delete;

  void waiting_for(const Message& what) override;
  void stage_started(const StageSpec& stage) override;
  void check_done(const CheckResult& check) override;
  void stage_done(const StageResult& stage) override;

  // Takes the status line away, if there is one.
  void erase_status();

 private:
  void print(const std::string& line);

  std::ostream& out_;
  reports::Translator tr_;
  reports::TerminalStyle ink_;
  std::size_t id_width_ = 0;  // the longest id of this stage's checks
  bool status_shown_ = false;
};

}  // namespace mqtts::cli
