// `schema plan|target|profile|roster|check|results`: the JSON Schemas, for editors and validators.
#include <iostream>

#include <CLI/CLI.hpp>

#include "harness/catalogue/catalogue.h"
#include "harness/cli/command.h"
#include "harness/plan/schemas.h"
#include "harness/util/exit_status.h"
#include "reports/results_json.h"

namespace mqtts::cli {

Body add_schema(CLI::App& command) {
  auto which = std::make_shared<std::string>();
  command.add_option("file", *which, "plan, target, profile, roster, check or results")
      ->required()
      ->check(CLI::IsMember({"plan", "target", "profile", "roster", "check", "results"}));
  return [which](const std::vector<std::string>&) {
    std::cout << (*which == "plan"      ? plan::plan_schema()
                  : *which == "target"  ? plan::target_schema()
                  : *which == "profile" ? plan::profile_schema()
                  : *which == "roster"  ? plan::roster_schema()
                  : *which == "check"   ? catalogue::check_schema()
                                        : reports::results_schema());
    return exit_ok;
  };
}

}  // namespace mqtts::cli
