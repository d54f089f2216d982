// `diff A B`: compares two results.
#include <unistd.h>

#include <iostream>

#include <CLI/CLI.hpp>

#include "harness/cli/command.h"
#include "harness/cli/output.h"
#include "harness/cli/results_files.h"
#include "harness/util/exit_status.h"
#include "reports/diff.h"

namespace mqtts::cli {
namespace {

struct DiffOptions {
  std::string before;
  std::string after;
  bool json = false;
  bool force = false;
  std::shared_ptr<ConsoleOptions> console;
};

int diff(const DiffOptions& options) {
  const auto tr = translator_for(*options.console);
  const auto before = read_results_files({options.before}, tr);
  if (!before) return print_error(before.error(), tr);
  const auto after = read_results_files({options.after}, tr);
  if (!after) return print_error(after.error(), tr);
  for (const auto* side : {&*before, &*after})
    for (const auto& doubt : side->doubts) print_note(doubt, tr);

  const auto is_known = [](const Configuration& it) { return it != Configuration::unknown; };
  const auto one = before->report.run.configuration, other = after->report.run.configuration;
  if (is_known(one) && is_known(other) && one != other && !options.force)
    return print_error({ErrorKind::usage,
                        msg("the two did not judge the same: one the plan's own configuration, the other the broker as "
                            "it stands"),
                        msg("--force compares them all the same"),
                        {}},
                       tr);
  const auto comparison = reports::compare(before->report, after->report);
  if (!comparison.same_plan) print_note(msg("the two are of different plans, or versions of a plan"), tr);
  if (options.json)
    std::cout << reports::diff_json(comparison).dump(2) << '\n';
  else if (!options.console->quiet)
    std::cout << reports::diff_text(comparison, tr, style_for(*options.console, STDOUT_FILENO));
  return reports::count(comparison, reports::Change::broke) == 0 ? exit_ok : exit_broken;
}

}  // namespace

Body add_diff(CLI::App& command) {
  auto options = std::make_shared<DiffOptions>();
  command.add_option("before", options->before, "A results.json, or its folder")->required()->type_name("A");
  command.add_option("after", options->after, "A later one")->required()->type_name("B");
  command.add_flag("--json", options->json, "As JSON, for programs");
  command.add_flag("--force", options->force,
                   "Also if one judged the plan's own configuration and the other the broker's");
  options->console = add_console_options(command);
  return [options](const std::vector<std::string>&) { return diff(*options); };
}

}  // namespace mqtts::cli
