// Console output of commands: its options, and errors.
#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "harness/cli/app.h"
#include "harness/json/diagnostic.h"
#include "harness/util/error.h"
#include "harness/util/exit_status.h"
#include "reports/formats.h"
#include "reports/style.h"
#include "reports/translator.h"

namespace mqtts::cli {

struct ConsoleOptions {
  std::string lang;
  std::string color = "auto";
  std::string progress = "auto";
  bool quiet = false;
  int verbosity = 0;
};

// --lang, --color, --progress, -q, -v
std::shared_ptr<ConsoleOptions> add_console_options(CLI::App& command);

// --lang, or else LC_ALL, LC_MESSAGES or LANG; English for any other language.
reports::Translator translator_for(const ConsoleOptions& options);

// The output style for that file descriptor.
reports::Style style_for(const ConsoleOptions& options, int descriptor);

// Where a command that writes reports prints everything else: standard output, or standard error where a report has
// standard output for itself.
struct Console {
  std::ostream& out;
  reports::Style style;
};
Console console_for(const ConsoleOptions& options, const std::vector<reports::ReportRequest>& wanted);

// Prints to standard error: "note: what".
void print_note(const Message& what, const reports::Translator& tr);

// Prints to standard error: "error: what", then another program's output, then the hint. Returns the exit code for the
// error's kind.
int print_error(const Error& error, const reports::Translator& tr);

// Prints to standard error one line for each problem, "file:line:column: message". Returns exit_usage.
int print_error(const std::vector<json::Diagnostic>& problems, const reports::Translator& tr);

// Prints that there is no such command, and the one that may be meant. Returns the exit code.
int print_unknown_command(const std::string& word, const std::vector<std::string>& known);

// Prints that the command has no such option, and the one that may be meant. Returns the exit code.
int print_unknown_option(const std::string& command, const std::string& word, const std::vector<std::string>& known);

}  // namespace mqtts::cli
