#include "harness/cli/output.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/cli/console/style_choice.h"
#include "harness/json/did_you_mean.h"
#include "harness/util/exit_status.h"
#include "reports/plain_text.h"

namespace mqtts::cli {
namespace {

Lang language_of_surroundings() {
  for (const auto* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return std::string_view(value).starts_with("fr") ? Lang::fr : Lang::en;
  }
  return Lang::en;
}

}  // namespace

std::shared_ptr<ConsoleOptions> add_console_options(CLI::App& command) {
  auto options = std::make_shared<ConsoleOptions>();
  const auto group = "Output";
  const CLI::IsMember when({"auto", "always", "never"});
  command.add_option("--lang", options->lang, "Language: en or fr (default: that of your locale)")
      ->check(CLI::IsMember({"en", "fr"}))
      ->group(group);
  command.add_option("--color", options->color, "Colours: auto, always or never; NO_COLOR is obeyed")
      ->check(when)
      ->group(group);
  command
      .add_option("--progress", options->progress, "The line that says what is being waited for: auto, always, never")
      ->check(when)
      ->group(group);
  command.add_flag("-q,--quiet", options->quiet, "Print only errors and the verdict")->group(group);
  command.add_flag("-v,--verbose", options->verbosity, "Print the evidence of every check")->group(group);
  return options;
}

reports::Translator translator_for(const ConsoleOptions& options) {
  if (options.lang.empty()) return reports::Translator(language_of_surroundings());
  return reports::Translator(options.lang == "fr" ? Lang::fr : Lang::en);
}

reports::Style style_for(const ConsoleOptions& options, int descriptor) {
  return choose_style(*when_from(options.color), *when_from(options.progress), surroundings_of(descriptor));
}

Console console_for(const ConsoleOptions& options, const std::vector<reports::ReportRequest>& wanted) {
  if (reports::prints(wanted)) return {std::cerr, style_for(options, STDERR_FILENO)};
  return {std::cout, style_for(options, STDOUT_FILENO)};
}

void print_note(const Message& what, const reports::Translator& tr) {
  // French puts a space before a colon.
  std::cerr << tr(msg("{label}: {text}", {{"label", tr(msg("note"))}, {"text", reports::plain_line(tr(what))}}))
            << '\n';
}

int print_error(const Error& error, const reports::Translator& tr) {
  std::cerr << tr(msg("error:")) << ' ' << reports::plain_line(tr(error.what)) << '\n';
  if (!error.detail.empty())
    for (const auto& line : reports::plain_lines(error.detail)) std::cerr << "  | " << line << '\n';
  if (!error.hint.empty()) std::cerr << tr(msg("hint:")) << ' ' << reports::plain_line(tr(error.hint)) << '\n';
  const bool wrong_input = error.kind == ErrorKind::usage || error.kind == ErrorKind::invalid_input;
  return wrong_input ? exit_usage : exit_unjudged;
}

int print_error(const std::vector<json::Diagnostic>& problems, const reports::Translator& tr) {
  for (const auto& problem : problems) {
    const auto place =
        problem.line == 0 ? problem.file : fmt::format("{}:{}:{}", problem.file, problem.line, problem.column);
    std::cerr << reports::plain_line(place) << ": " << reports::plain_line(tr(problem.message)) << '\n';
  }
  return exit_usage;
}

int print_unknown_command(const std::string& word, const std::vector<std::string>& known) {
  const auto meant = json::did_you_mean(word, known);
  std::cerr << "There is no command \"" << reports::plain_line(word) << '"'
            << (meant.empty() ? "" : "; did you mean \"" + meant + "\"?")
            << "\nRun mqtts-harness --help for all commands.\n";
  return exit_usage;
}

int print_unknown_option(const std::string& command, const std::string& word, const std::vector<std::string>& known) {
  const auto meant = json::did_you_mean(word, known);
  std::cerr << "There is no option \"" << reports::plain_line(word) << '"'
            << (meant.empty() ? "" : "; did you mean \"" + meant + "\"?") << "\nRun mqtts-harness " << command
            << " --help for all options.\n";
  return exit_usage;
}

}  // namespace mqtts::cli
