// Interaction at the terminal while a target is opened.
#pragma once

#include "harness/targets/interaction.h"
#include "harness/targets/open_target.h"
#include "reports/translator.h"

namespace mqtts::cli {

// Notices and warnings go to standard error.
class TerminalInteraction : public targets::Interaction {
 public:
  explicit TerminalInteraction(const reports::Translator& tr) : tr_(tr) {}  // borrowed
  void notice(const Message& message) override;
  void warn(const Error& error) override;
  Result<std::string> ask_secret(const Message& question, const Deadline& deadline) override;

 private:
  const reports::Translator& tr_;
};

// As print_error() in output.h, for the error or the problems.
int print_error(const targets::OpenFailure& failure, const reports::Translator& tr);

}  // namespace mqtts::cli
