#include "harness/cli/terminal_interaction.h"

#include <iostream>

#include "harness/cli/console/ask.h"
#include "harness/cli/output.h"

namespace mqtts::cli {

void TerminalInteraction::notice(const Message& message) { std::cerr << words_(message) << std::endl; }

void TerminalInteraction::warn(const Error& error) { tell(error, words_); }

Result<std::string> TerminalInteraction::ask_secret(const Message& question, const Deadline& deadline) {
  return cli::ask_secret(words_(question) + " ", deadline);
}

int tell(const targets::OpenFailure& failure, const reports::Words& words) {
  return failure.error ? tell(*failure.error, words) : tell(failure.problems, words);
}

}  // namespace mqtts::cli
