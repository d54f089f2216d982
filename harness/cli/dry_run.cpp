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

std::string content_of(const FileSpec& file, const reports::Words& words) {
  switch (file.content) {
    case FileContent::authority_certificate:
      return words(msg("certificate of the authority {name}", {{"name", file.material}}));
    case FileContent::certificate: return words(msg("certificate {name}", {{"name", file.material}}));
    case FileContent::private_key: return words(msg("private key of {name} (not shown)", {{"name", file.material}}));
    case FileContent::password_file:
      return words(msg("password hashes of {names} (not shown)",
                       {{"names", fmt::format("{}", fmt::join(file.accounts, ", "))}}));
    case FileContent::text: return words(msg("text of {count} bytes", {{"count", std::to_string(file.text.size())}}));
  }
  return {};
}

void show_stage(const StageSpec& stage, const Selection& selection, const reports::Words& words) {
  std::cout << '\n' << stage.id << " — " << words(stage.title) << '\n';
  for (const auto& file : stage.files)
    std::cout << fmt::format("  put   {}  {:04o} {}  {}\n", file.path, static_cast<unsigned>(file.mode), file.owner,
                             content_of(file, words));
  for (const auto& line : stage.without) std::cout << "  -     " << line << '\n';
  for (const auto& line : stage.configuration) std::cout << "  +     " << line << '\n';
  for (const auto& check : stage.checks) {
    if (!selection.wants(check)) continue;
    const auto how =
        check.is_negative()
            ? words(msg("as {control}, but another {factor}", {{"control", check.control}, {"factor", check.changed}}))
            : std::string();
    std::cout << fmt::format("  check {}  {}{}{}\n", check.id, how, how.empty() ? "" : ": ",
                             reports::describe(check.expected, words));
  }
}

// As many lines as it has, one under another.
void show_command(const char* label, const std::string& command) {
  std::cout << "  " << label << ' ';
  for (const char letter : command) letter == '\n' ? std::cout << "\n        " : std::cout << letter;
  std::cout << '\n';
}

}  // namespace

int dry_run(const Plan& plan, const Selection& selection, const targets::TargetOptions& target,
            const reports::Words& words) {
  Plan shown = plan;
  auto profile = targets::host_to_be(target);
  if (!profile) {
    TerminalInteraction interaction(words);
    const auto opened = targets::find_target(target, Deadline::in(std::chrono::seconds(60)), interaction);
    if (!opened) return tell(opened.error(), words);
    profile = opened->target.broker;
    shown = plan::expand(plan, plan::target_variables(opened->target), [] { return std::string("***"); });
  }
  std::cout << words(msg("The plan {plan} on {target}; nothing is done now.",
                         {{"plan", plan.name}, {"target", target.name}}))
            << '\n';
  for (const auto& stage : shown.stages)
    if (selection.wants(stage)) show_stage(stage, selection, words);
  if (!profile->name.empty())
    std::cout << '\n'
              << words(msg("Broker profile {name}: {title}",
                           {{"name", profile->name}, {"title", words(profile->title)}}));
  std::cout << '\n' << words(msg("After each stage's files the broker is restarted:")) << '\n';
  show_command("stop ", profile->stop_command);
  show_command("start", profile->start_command);
  std::cout << words(msg("At the end every file and the service are put back as they were.")) << '\n';
  return 0;
}

}  // namespace mqtts::cli
