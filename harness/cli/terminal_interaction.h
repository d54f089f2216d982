// Opening a target with a person at the terminal.
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

// As console.h's tell() of the error or of the problems.
int tell(const targets::OpenFailure& failure, const reports::Translator& tr);

}  // namespace mqtts::cli
