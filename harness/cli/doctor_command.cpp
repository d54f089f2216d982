// `doctor --target T`: checks everything that a run needs, from here to the broker's files, and suggests fixes.
#include <unistd.h>

#include <iostream>
#include <optional>

#include <CLI/CLI.hpp>

#include "harness/cli/command.h"
#include "harness/cli/output.h"
#include "harness/cli/target_options.h"
#include "harness/cli/terminal_interaction.h"
#include "harness/doctor/collect_facts.h"
#include "harness/doctor/findings.h"
#include "harness/doctor/show.h"
#include "harness/plan/expand.h"
#include "harness/plan/locate.h"
#include "harness/probes/probes.h"
#include "harness/targets/open_target.h"
#include "harness/util/signals.h"

namespace mqtts::cli {
namespace {

constexpr auto whole_time = std::chrono::minutes(3);

struct DoctorOptions {
  std::string plan;  // empty: none
  bool json = false;
  double step_seconds = 10;
  std::shared_ptr<targets::TargetOptions> target;
  std::shared_ptr<ConsoleOptions> console;
};

// Material that the target does not give is where the plan puts it on the host.
MaterialSources with_given(const Plan& plan, const Target& target) {
  const auto no_random_text = [] { return std::string(); };
  return merged(target.materials, plan::expand(plan, plan::target_variables(target), no_random_text).given);
}

int examine(const DoctorOptions& options) {
  const auto tr = translator_for(*options.console);
  std::optional<Plan> plan;
  if (!options.plan.empty()) {
    auto loaded = plan::find_plan(options.plan, {}, probes::kinds());
    if (!loaded.plan) return print_error(loaded.problems, tr);
    plan = *std::move(loaded.plan);
  }
  const auto& stop = watch_signals();
  const auto deadline = Deadline::in(whole_time, &stop);
  TerminalInteraction interaction(tr);
  const auto opened = targets::open_target(*options.target, deadline, interaction);
  if (!opened) return print_error(opened.error(), tr);
  auto target = opened->target;
  if (plan) target.materials = with_given(*plan, target);
  const auto step_time =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.step_seconds));
  auto seen = doctor::observe(target, step_time, deadline);
  if (deadline.stopped()) return 128 + stop.load();
  seen.target_option = options.target->name;
  const auto all = doctor::findings(target, seen);
  const int code = doctor::exit_code(target, seen, all);
  if (options.json)
    std::cout << doctor::json_of(all, target.name, code, tr);
  else
    std::cout << doctor::lines_of(all, tr, style_for(*options.console, STDOUT_FILENO),
                                  options.console->quiet ? doctor::Detail::troubles : doctor::Detail::all);
  return code;
}

}  // namespace

Body add_doctor(CLI::App& command) {
  auto options = std::make_shared<DoctorOptions>();
  command.add_option("plan", options->plan,
                     "A test plan, whose keys and certificates on the host are looked at, too: a JSON file, or the name "
                     "of one that came with the program (mqtts-lab)");
  options->target = add_target_options(command);
  command.add_flag("--json", options->json, "As JSON, for programs");
  command.add_option("--timeout", options->step_seconds, "Seconds that one step may take (default: 10)")
      ->check(CLI::Range(0.1, 3600.0));
  options->console = add_console_options(command);
  return [options](const std::vector<std::string>&) { return examine(*options); };
}

}  // namespace mqtts::cli
