#include "harness/cli/dry_run.h"

#include <iostream>
#include <optional>

#include <fmt/format.h>

#include "harness/cli/output.h"
#include "harness/cli/terminal_interaction.h"
#include "harness/plan/expand.h"
#include "reports/describe.h"

namespace mqtts::cli {
namespace {

std::string content_of(const FileSpec& file, const reports::Translator& tr) {
  switch (file.content) {
    case FileContent::authority_certificate:
      return tr(msg("certificate of the authority {name}", {{"name", file.material}}));
    case FileContent::certificate: return tr(msg("certificate {name}", {{"name", file.material}}));
    case FileContent::private_key: return tr(msg("private key of {name} (not shown)", {{"name", file.material}}));
    case FileContent::revocation_list:
      return tr(msg("revocation list of the authority {name}", {{"name", file.material}}));
    case FileContent::password_file:
      return tr(msg("password hashes of {names} (not shown)",
                    {{"names", fmt::format("{}", fmt::join(file.accounts, ", "))}}));
    case FileContent::access_rules: {
      std::vector<std::string> names;
      for (const auto& each : file.rules) names.push_back(each.account);
      return tr(msg("accounts and rights of {names} (not shown)", {{"names", fmt::format("{}", fmt::join(names, ", "))}}));
    }
    case FileContent::text: return tr(msg("text of {count} bytes", {{"count", std::to_string(file.text.size())}}));
  }
  return {};
}

void show_stage(const StageSpec& stage, const Selection& selection, const reports::Translator& tr) {
  std::cout << '\n' << stage.id << " — " << tr(stage.title) << '\n';
  for (const auto& file : stage.files)
    std::cout << fmt::format("  put   {}  {:04o} {}  {}\n", file.path, static_cast<unsigned>(file.mode), file.owner,
                             content_of(file, tr));
  for (const auto& line : stage.without) std::cout << "  -     " << line << '\n';
  for (const auto& line : stage.configuration) std::cout << "  +     " << line << '\n';
  for (const auto& check : stage.checks) {
    if (!selection.wants(check)) continue;
    const auto how =
        check.is_negative()
            ? tr(msg("as {control}, but another {factor}", {{"control", check.control}, {"factor", check.changed}}))
            : std::string();
    std::cout << fmt::format("  check {}  {}{}{}\n", check.id, how, how.empty() ? "" : ": ",
                             reports::describe(check.expected, tr));
  }
}

// Prints a command of several lines, indented.
void show_command(const char* label, const std::string& command) {
  std::cout << "  " << label << ' ';
  for (const char letter : command) letter == '\n' ? std::cout << "\n        " : std::cout << letter;
  std::cout << '\n';
}

}  // namespace

int dry_run(const Plan& plan, const Selection& selection, const targets::TargetOptions& target,
            const reports::Translator& tr) {
  Plan shown = plan;
  auto profile = targets::planned_profile(target);
  if (!profile) {
    TerminalInteraction interaction(tr);
    const auto opened = targets::find_target(target, Deadline::in(std::chrono::seconds(60)), interaction);
    if (!opened) return print_error(opened.error(), tr);
    profile = opened->target.broker;
    shown = plan::expand(plan, plan::target_variables(opened->target), [] { return std::string("***"); });
  }
  std::cout << tr(msg("The plan {plan} on {target}; nothing is done now.",
                      {{"plan", plan.name}, {"target", target.name}}))
            << '\n';
  for (const auto& stage : shown.stages)
    if (selection.wants(stage)) show_stage(stage, selection, tr);
  if (!profile->name.empty())
    std::cout << '\n'
              << tr(msg("Broker profile {name}: {title}", {{"name", profile->name}, {"title", tr(profile->title)}}));
  std::cout << '\n' << tr(msg("After each stage's files the broker is restarted:")) << '\n';
  show_command("stop ", profile->stop_command);
  show_command("start", profile->start_command);
  std::cout << tr(msg("At the end every file and the service are put back as they were.")) << '\n';
  return 0;
}

}  // namespace mqtts::cli
