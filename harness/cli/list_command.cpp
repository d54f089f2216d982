// `list PLAN`: lists its stages and checks.
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/cli/command.h"
#include "harness/cli/output.h"
#include "harness/cli/selection_options.h"
#include "harness/plan/locate.h"
#include "harness/probes/probes.h"
#include "harness/util/exit_status.h"

namespace mqtts::cli {
namespace {

struct ListOptions {
  std::string plan;
  bool json = false;
  std::shared_ptr<Selection> selection;
  std::shared_ptr<VariableOptions> variables;
  std::shared_ptr<ConsoleOptions> console;
};

nlohmann::ordered_json as_json(const CheckSpec& check, const reports::Translator& tr) {
  nlohmann::ordered_json json = {
      {"id", check.id}, {"title", tr(check.title)}, {"points", check.points}, {"tags", check.tags}};
  if (check.bonus) json["bonus"] = true;
  if (check.visibility) json["visibility"] = to_string(*check.visibility);
  return json;
}

void print_json(const Plan& plan, const Selection& selection, const reports::Translator& tr) {
  auto stages = nlohmann::ordered_json::array();
  for (const auto& stage : plan.stages) {
    if (!selection.wants(stage)) continue;
    auto checks = nlohmann::ordered_json::array();
    for (const auto& check : stage.checks)
      if (selection.wants(check)) checks.push_back(as_json(check, tr));
    stages.push_back({{"id", stage.id}, {"title", tr(stage.title)}, {"checks", checks}});
  }
  std::cout << nlohmann::ordered_json{{"plan", plan.name}, {"stages", stages}}.dump(2) << '\n';
}

void print_lines(const Plan& plan, const Selection& selection, const reports::Translator& tr) {
  for (const auto& stage : plan.stages) {
    if (!selection.wants(stage)) continue;
    std::cout << fmt::format("{}  {}\n", stage.id, tr(stage.title));
    for (const auto& check : stage.checks)
      if (selection.wants(check)) std::cout << fmt::format("  {:<38} {}\n", check.id, tr(check.title));
  }
}

int list(const ListOptions& options) {
  const auto tr = translator_for(*options.console);
  const auto overrides = overrides_from(*options.variables);
  if (!overrides) return print_error(overrides.error(), tr);
  const auto loaded = plan::find_plan(options.plan, *overrides, probes::kinds());
  if (!loaded.plan) return print_error(loaded.problems, tr);
  if (const auto selected = check_selection(*options.selection, *loaded.plan); !selected)
    return print_error(selected.error(), tr);
  (options.json ? print_json : print_lines)(*loaded.plan, *options.selection, tr);
  return exit_ok;
}

}  // namespace

Body add_list(CLI::App& command) {
  auto options = std::make_shared<ListOptions>();
  command.add_option("plan", options->plan, "The test plan: a JSON file or its name (mqtts-lab)")->required();
  command.add_flag("--json", options->json, "As JSON, for programs");
  options->variables = add_variables(command);
  options->selection = add_selection(command);
  options->console = add_console_options(command);
  return [options](const std::vector<std::string>&) { return list(*options); };
}

}  // namespace mqtts::cli
