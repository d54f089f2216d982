#include "harness/cli/terminal_interaction.h"

#include <iostream>

#include "harness/cli/console/ask.h"
#include "harness/cli/output.h"

namespace mqtts::cli {

void TerminalInteraction::notice(const Message& message) { std::cerr << tr_(message) << std::endl; }

void TerminalInteraction::warn(const Error& error) { print_error(error, tr_); }

Result<std::string> TerminalInteraction::ask_secret(const Message& question, const Deadline& deadline) {
  return cli::ask_secret(tr_(question) + " ", deadline);
}

int print_error(const targets::OpenFailure& failure, const reports::Translator& tr) {
  return failure.error ? print_error(*failure.error, tr) : print_error(failure.problems, tr);
}

}  // namespace mqtts::cli
