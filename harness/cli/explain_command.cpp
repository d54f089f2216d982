// `explain [CHECK]`: what the checks of the catalogue prove, and how to mend a broker.
#include <unistd.h>

#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "harness/catalogue/catalogue.h"
#include "harness/cli/command.h"
#include "harness/cli/explain.h"
#include "harness/cli/output.h"
#include "harness/json/did_you_mean.h"
#include "harness/util/exit_status.h"

namespace mqtts::cli {
namespace {

struct ExplainOptions {
  std::string check;
  bool json = false;
  bool markdown = false;
  std::shared_ptr<ConsoleOptions> console;
};

int print_unknown(const std::string& id, const reports::Translator& tr) {
  std::vector<std::string> ids;
  for (const auto& entry : catalogue::entries()) ids.push_back(entry.id);
  const auto meant = json::did_you_mean(id, ids);
  return print_error({ErrorKind::usage,
                      msg("there is no check \"{name}\" in the catalogue", {{"name", id}}),
                      meant.empty() ? msg("`mqtts-harness explain` lists all of them")
                                    : msg("did you mean \"{meant}\"?", {{"meant", meant}}),
                      {}},
                     tr);
}

int explain(const ExplainOptions& options) {
  const auto tr = translator_for(*options.console);
  const auto style = style_for(*options.console, STDOUT_FILENO);
  if (options.check.empty() && options.markdown) {
    std::cout << catalogue_page(tr);
  } else if (options.check.empty() && options.json) {
    auto all = nlohmann::ordered_json::array();
    for (const auto& entry : catalogue::entries()) all.push_back(as_json(entry, tr));
    std::cout << all.dump(2) << '\n';
  } else if (options.check.empty()) {
    std::cout << all_explained(tr, style);
  } else if (const auto* entry = catalogue::find(options.check); entry == nullptr) {
    return print_unknown(options.check, tr);
  } else {
    std::cout << (options.json ? as_json(*entry, tr).dump(2) + '\n' : explained(*entry, tr, style));
  }
  return exit_ok;
}

}  // namespace

Body add_explain(CLI::App& command) {
  auto options = std::make_shared<ExplainOptions>();
  command.add_option("check", options->check, "A check's id; without it, all checks are listed");
  auto* json = command.add_flag("--json", options->json, "As JSON, for programs");
  command.add_flag("--markdown", options->markdown, "All checks as a page of Markdown")->excludes(json);
  options->console = add_console_options(command);
  return [options](const std::vector<std::string>&) { return explain(*options); };
}

}  // namespace mqtts::cli
