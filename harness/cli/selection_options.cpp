#include "harness/cli/selection_options.h"

#include <CLI/CLI.hpp>

namespace mqtts::cli {

std::shared_ptr<Selection> add_selection(CLI::App& command) {
  auto selection = std::make_shared<Selection>();
  const auto group = "Which checks";
  command.add_option("--stage", selection->stages, "Only this stage (repeatable)")
      ->type_name("ID")
      ->allow_extra_args(false)
      ->group(group);
  command.add_option("--check", selection->checks, "Only checks with such an id, as '*-rejected' (repeatable)")
      ->type_name("GLOB")
      ->allow_extra_args(false)
      ->group(group);
  command.add_option("--tag", selection->tags, "Only checks with this tag (repeatable)")
      ->type_name("TAG")
      ->allow_extra_args(false)
      ->group(group);
  command.add_option("--skip-tag", selection->skipped_tags, "No checks with this tag (repeatable)")
      ->type_name("TAG")
      ->allow_extra_args(false)
      ->group(group);
  return selection;
}

std::shared_ptr<VariableOptions> add_variables(CLI::App& command) {
  auto options = std::make_shared<VariableOptions>();
  const auto group = "The plan";
  command.add_option("--var", options->assignments, "Gives a variable of the plan another value (repeatable)")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->group(group);
  command.add_option("--vars", options->file, "The same from a JSON file: {\"topic\": \"a/b\"}")
      ->type_name("FILE")
      ->group(group);
  return options;
}

}  // namespace mqtts::cli
