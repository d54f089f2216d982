// `validate PLAN…`: reports all errors in plans at once, offline.
#include <iostream>

#include <CLI/CLI.hpp>

#include "harness/cli/command.h"
#include "harness/cli/output.h"
#include "harness/cli/selection_options.h"
#include "harness/plan/locate.h"
#include "harness/probes/probes.h"
#include "harness/util/exit_status.h"

namespace mqtts::cli {
namespace {

struct ValidateOptions {
  std::vector<std::string> plans;
  std::shared_ptr<VariableOptions> variables;
  std::shared_ptr<ConsoleOptions> console;
};

int validate(const ValidateOptions& options) {
  const auto tr = translator_for(*options.console);
  const auto overrides = overrides_from(*options.variables);
  if (!overrides) return print_error(overrides.error(), tr);
  int worst = exit_ok;
  for (const auto& path : options.plans) {
    const auto loaded = plan::find_plan(path, *overrides, probes::kinds());
    if (!loaded.plan) {
      worst = print_error(loaded.problems, tr);
      continue;
    }
    std::size_t checks = 0;
    for (const auto& stage : loaded.plan->stages) checks += stage.checks.size();
    if (!options.console->quiet)
      std::cout << tr(msg("{plan}: valid, {stages} stages, {checks} checks",
                          {{"plan", path},
                           {"stages", std::to_string(loaded.plan->stages.size())},
                           {"checks", std::to_string(checks)}}))
                << '\n';
  }
  return worst;
}

}  // namespace

Body add_validate(CLI::App& command) {
  auto options = std::make_shared<ValidateOptions>();
  command.add_option("plans", options->plans, "Test plans: JSON files or their names")
      ->required()
      ->type_name("PLAN...");
  options->variables = add_variables(command);
  options->console = add_console_options(command);
  return [options](const std::vector<std::string>&) { return validate(*options); };
}

}  // namespace mqtts::cli
