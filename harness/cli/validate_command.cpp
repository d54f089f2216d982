// `validate FILE…`: reports all errors in plans and target files at once, offline.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "harness/cli/command.h"
#include "harness/cli/output.h"
#include "harness/cli/selection_options.h"
#include "harness/json/json.h"
#include "harness/plan/locate.h"
#include "harness/probes/probes.h"
#include "harness/targets/load_target.h"
#include "harness/util/exit_status.h"
#include "harness/util/read_file.h"

namespace mqtts::cli {
namespace {

struct ValidateOptions {
  std::vector<std::string> plans;
  std::shared_ptr<VariableOptions> variables;
  std::shared_ptr<ConsoleOptions> console;
};

// True if the file says so itself. A pipe is not looked into: it can be read once.
bool is_target(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return false;
  const auto text = read_file(path, json::most_bytes + 1);
  if (!text) return false;
  json::Diagnostics untold(path, *text);
  const auto root = json::parse_json(*text, untold);
  const auto* schema = root ? root->find("schema") : nullptr;
  const auto* kind = schema == nullptr ? nullptr : schema->as<std::string>();
  return kind != nullptr && kind->starts_with("mqtts-harness/target/");
}

int validate_target(const std::string& path, const ConsoleOptions& console, const reports::Translator& tr) {
  const auto loaded = targets::load_target(path, "");
  if (!loaded.target) return print_error(loaded.problems, tr);
  if (!console.quiet) std::cout << tr(msg("{path}: a valid target", {{"path", path}})) << '\n';
  return exit_ok;
}

int validate(const ValidateOptions& options) {
  const auto tr = translator_for(*options.console);
  const auto overrides = overrides_from(*options.variables);
  if (!overrides) return print_error(overrides.error(), tr);
  int worst = exit_ok;
  for (const auto& path : options.plans) {
    if (is_target(path)) {
      worst = std::max(worst, validate_target(path, *options.console, tr));
      continue;
    }
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
  command.add_option("plans", options->plans, "Test plans: JSON files or their names; target files")
      ->required()
      ->type_name("FILE...");
  options->variables = add_variables(command);
  options->console = add_console_options(command);
  return [options](const std::vector<std::string>&) { return validate(*options); };
}

}  // namespace mqtts::cli
