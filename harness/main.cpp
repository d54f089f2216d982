// Hands the table of commands to the command line's parser.
#include <algorithm>
#include <cctype>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "harness/cli/command.h"
#include "harness/cli/help.h"
#include "harness/cli/output.h"
#include "harness/util/exit_status.h"

namespace {

using namespace mqtts;
using namespace mqtts::cli;

constexpr Command commands[] = {
    {"run", "Apply each stage of a plan to a broker, attack it, put it back, and report", add_run},
    {"grade", "Look at the brokers of a class side by side, and mark them", add_grade},
    {"watch", "Look at a broker that you work on again and again, and tell the one next step", add_watch},
    {"init", "Write a first plan and target file for a broker of your own", add_init},
    {"plan", "Show what `run` would do to the broker's host, and do nothing", add_plan},
    {"list", "List a plan's stages and checks", add_list},
    {"audit", "Ask any broker how secure it is, with no plan", add_audit},
    {"explain", "Say what a check proves, why it matters, and how to mend a broker that fails it", add_explain},
    {"validate", "Find everything that is wrong with plans and target files, offline", add_validate},
    {"restore", "Put back what an interrupted run, or one with --keep, has left changed on a broker's host",
     add_restore},
    {"lab", "Start, show or end a private broker host for trying things by hand", add_lab},
    {"doctor", "Look at all that a run needs on a broker's host, and say how to mend it", add_doctor},
    {"report", "Render, merge or mark again the results of earlier runs", add_report},
    {"diff", "Show what improved and what broke between two results", add_diff},
    {"schema", "Print the JSON Schema of a kind of file", add_schema},
    {"completion", "Print the completions for a shell", add_completion},
    {"version", "Print the version of the program and of its libraries", add_version},
};

// A repeatable flag takes several values from its variable, with commas between them; but for --var, whose values may
// have commas. The variable counts only where the flag is not in the command line, which is not split.
bool is_split(const CLI::Option& option, const std::vector<std::string>& arguments) {
  const auto& name = option.get_lnames().front();
  return option.get_items_expected_max() > 1 && name != "var" &&
         std::ranges::none_of(arguments, [flag = "--" + name](const std::string& argument) {
           return argument == flag || argument.starts_with(flag + "=");
         });
}

// Every flag can also be given as MQTTS_HARNESS_<FLAG>.
void name_environment(CLI::App& command, const std::vector<std::string>& arguments) {
  for (auto* option : command.get_options()) {
    if (option->get_lnames().empty() || option == command.get_help_ptr()) continue;
    auto name = "MQTTS_HARNESS_" + option->get_lnames().front();
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
    option->envname(name);
    if (is_split(*option, arguments)) option->delimiter(',');
  }
}

// The first word of the command line that looks like a flag and is none of the command; empty: there is none.
std::string unknown_option(const CLI::App& command) {
  for (const auto& word : command.remaining())
    if (word.size() > 2 && word.starts_with("--")) return word.substr(0, word.find('='));
  return {};
}

std::vector<std::string> flags_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const auto* option : command.get_options())
    for (const auto& name : option->get_lnames()) flags.push_back("--" + name);
  return flags;
}

int start(int argc, char** argv) {
  CLI::App program{
      "Proves that each stage of securing an MQTT broker protects.\n"
      "Start with: mqtts-harness run mqtts-lab"};
  program.name("mqtts-harness");
  program.set_help_flag("-h,--help", "Print this help message and exit");
  program.set_version_flag("--version", "mqtts-harness " MQTTS_VERSION, "Display program version information and exit");
  program.footer(
      "Exit codes: 0 every check passed, 1 a check failed, 2 wrong usage or plan, 3 something could not\n"
      "be judged, 4 the broker could not be put back, 130 or 143 stopped by a signal.\n"
      "`mqtts-harness COMMAND --help` tells more about a command.");
  program.require_subcommand(1);

  std::vector<std::pair<const CLI::App*, Body>> bodies;
  for (const auto& command : commands) {
    auto* added = program.add_subcommand(command.name, command.summary)->group("Subcommands");
    bodies.emplace_back(added, command.add(*added));
    name_environment(*added, {argv + 1, argv + argc});
  }
  translate_help(program, translator_for_help({argv + 1, argv + argc}));
  if (argc > 1 && argv[1] == std::string_view("complete")) return print_offers(program, {argv + 2, argv + argc});
  try {
    program.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    // What CLI11 says of a word that is no command: that there is none.
    if (argc > 1 && argv[1][0] != '-' && program.get_subcommands().empty()) {
      std::vector<std::string> names;
      for (const auto& command : commands) names.emplace_back(command.name);
      return print_unknown_command(argv[1], names);
    }
    return program.exit(error) == 0 ? exit_ok : exit_usage;
  } catch (const CLI::ExtrasError& error) {
    const auto chosen = program.get_subcommands();
    const auto word = chosen.empty() ? std::string() : unknown_option(*chosen.front());
    if (!word.empty()) return print_unknown_option(chosen.front()->get_name(), word, flags_of(*chosen.front()));
    return program.exit(error) == 0 ? exit_ok : exit_usage;
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? exit_ok : exit_usage;
  }
  const auto chosen = std::ranges::find_if(bodies, [](const auto& row) { return row.first->parsed(); });
  return chosen->second({argv + 1, argv + argc});
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return start(argc, argv);
  } catch (const std::exception& bug) {
    std::cerr << "mqtts-harness: internal error: " << bug.what() << "\nPlease report it with the command line.\n";
    return exit_unjudged;
  }
}
