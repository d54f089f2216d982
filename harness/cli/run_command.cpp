// `run PLAN`: runs a plan and writes its reports.
#include <chrono>
#include <filesystem>
#include <ostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cli/capture_options.h"
#include "harness/cli/command.h"
#include "harness/cli/console/progress.h"
#include "harness/cli/dry_run.h"
#include "harness/cli/output.h"
#include "harness/cli/probe_options.h"
#include "harness/cli/report_output.h"
#include "harness/cli/run_info.h"
#include "harness/cli/selection_options.h"
#include "harness/cli/target_options.h"
#include "harness/cli/terminal_interaction.h"
#include "harness/engine/run.h"
#include "harness/pki/labs_own.h"
#include "harness/plan/locate.h"
#include "harness/probes/probes.h"
#include "harness/runner/target_runner.h"
#include "harness/targets/open_target.h"
#include "harness/util/exit_status.h"
#include "harness/util/private_folder.h"
#include "harness/util/signals.h"
#include "reports/formats.h"

namespace mqtts::cli {
namespace {

struct RunOptions {
  std::string plan;
  bool observe = false;
  bool dry_run = false;
  bool keep = false;
  bool fail_fast = false;
  bool intrusive = false;
  ProbeOptions probes;
  CaptureOptions capture;
  double deadline = 600;
  bool errors_as_failures = false;
  std::vector<std::string> reports;
  std::string out;
  std::shared_ptr<targets::TargetOptions> target;
  std::shared_ptr<Selection> selection;
  std::shared_ptr<VariableOptions> variables;
  std::shared_ptr<ConsoleOptions> console;
};

runner::TargetRunnerOptions target_runner_options(const RunOptions& options, const RunInfo& run,
                                                  engine::Permission permission, TrafficRecorder* recorder,
                                                  const reports::Translator& tr) {
  using namespace engine;
  return {.engine = {.mode = options.observe ? Mode::observe : Mode::apply,
                     .permission = permission,
                     .afterwards = options.keep ? Afterwards::keep : Afterwards::put_back,
                     .on_failure = options.fail_fast ? OnFailure::stop : OnFailure::go_on,
                     .probe_timeout = options.probes.timeout(),
                     .repeat = options.probes.repeat,
                     .wants_stage = [&](const StageSpec& stage) { return options.selection->wants(stage); },
                     .wants_check = [&](const CheckSpec& check) { return options.selection->wants(check); }},
          .seed = {},
          .kept_in = std::filesystem::absolute(report_folder(options.out, run) / "materials"),
          .recorder = recorder,
          .doubt = [tr](const Error& error) { print_error(error, tr); }};
}

int run(const RunOptions& options, const std::vector<std::string>& arguments) {
  const auto start = Clock::now();
  const auto tr = translator_for(*options.console);
  if (const auto checked = check_usage(options.capture); !checked) return print_error(checked.error(), tr);
  const auto overrides = overrides_from(*options.variables);
  if (!overrides) return print_error(overrides.error(), tr);
  auto loaded = plan::find_plan(options.plan, *overrides, probes::kinds());
  if (!loaded.plan) return print_error(loaded.problems, tr);
  if (const auto selected = check_selection(*options.selection, *loaded.plan); !selected)
    return print_error(selected.error(), tr);
  auto wanted = wanted_reports(options.reports, {"junit"});
  if (!wanted) return print_error(wanted.error(), tr);
  for (auto& one : *wanted) one.errors_as_failures = options.errors_as_failures;
  if (options.dry_run) return dry_run(*loaded.plan, *options.selection, *options.target, tr);

  if (options.observe && options.target->name == "embedded")
    return print_error({ErrorKind::usage,
                        msg("--observe needs a broker that somebody has set up: name one with --target"),
                        msg("without --observe, the plan runs on a private broker of this machine"),
                        {}},
                       tr);
  Report report{.run = run_info(*loaded.plan, arguments)};
  report.run.configuration = options.observe ? Configuration::as_it_stands : Configuration::applied;
  if (const auto can = reports::check_places(*wanted, report_folder(options.out, report.run), 1); !can)
    return print_error(can.error(), tr);

  const auto& stop = watch_signals();
  const auto deadline = Deadline(start + seconds(options.deadline), &stop);
  TerminalInteraction interaction(tr);
  auto opened = targets::open_target(*options.target, deadline, interaction);
  if (!opened) return print_error(opened.error(), tr);
  if (!options.observe && !opened->target.ssh)
    return print_error({ErrorKind::usage,
                        msg("the target {target} says nothing of SSH, so no stage can be applied to it",
                            {{"target", opened->target.name}}),
                        msg("add `ssh` to the target file, or use --observe, which changes nothing")},
                       tr);
  auto folder = opened->managed_host ? PrivateFolder::make_in(opened->managed_host->folder()) : PrivateFolder::make();
  if (!folder) return print_error(folder.error(), tr);

  const auto console = console_for(*options.console, *wanted);
  const bool leaves_a_stage = options.keep && !options.observe && !opened->managed_host;
  if (!options.observe && !opened->managed_host && !options.console->quiet)
    print_note(msg("this judges the plan's own configuration, which is applied to {target} stage by stage, and puts "
                   "yours back; --observe or `watch` judge the broker as it stands",
                   {{"target", opened->target.name}}),
               tr);
  if (const auto replaced = pki::replaced_by_stages(*loaded.plan, opened->target.materials);
      !options.observe && !replaced.empty() && !options.console->quiet)
    print_note(msg("the plan's stages put material of their own on the host; the target's {what} are used by "
                   "--observe only",
                   {{"what", fmt::format("{}", fmt::join(replaced, ", "))}}),
               tr);
  {
    probes::WireProber prober;  // first: must be constructed before any thread starts
    // A broker of this program's own may be attacked.
    const auto permission = options.intrusive || (opened->managed_host && !options.observe)
                                ? engine::Permission::intrusive
                                : engine::Permission::gentle;
    const auto recorder = recorder_for(options.capture, report_folder(options.out, report.run));
    runner::TargetRunner one(target_runner_options(options, report.run, permission, recorder.get(), tr),
                             *std::move(loaded.plan), opened->target, folder->path(), deadline);
    std::ostream nowhere(nullptr);
    ConsoleProgress progress(options.console->quiet ? nowhere : console.out, tr, console.style);
    auto result = one.go(prober, progress);
    progress.erase_status();
    if (!result) {
      if (!deadline.stopped()) print_error(result.error(), tr);
      result =
          TargetResult{.name = opened->target.name, .host = opened->target.mqtt.host, .message = result.error().what};
    }
    report.targets.push_back(*std::move(result));
    print_failure(recorder.get(), tr);
  }
  report.run.exit_code = exit_code(report);
  if (deadline.stopped() && report.run.exit_code != exit_not_restored) report.run.exit_code = 128 + stop.load();
  report.run.seconds = seconds_since(start);
  const int code = write_and_print(report, options.out, *options.console, *wanted, tr, console);
  if (leaves_a_stage)
    console.out << tr(msg("The last stage is left in place; this puts the broker back: mqtts-harness restore --target "
                          "{target}",
                          {{"target", options.target->name}}))
                << '\n';
  return code;
}

void add_common(CLI::App& command, RunOptions& options) {
  command
      .add_option("plan", options.plan,
                  "The test plan: a JSON file, or the name of one that came with the program (mqtts-lab)")
      ->required();
  options.target = add_target_options(command);
  options.variables = add_variables(command);
  options.selection = add_selection(command);
}

}  // namespace

Body add_run(CLI::App& command) {
  auto options = std::make_shared<RunOptions>();
  add_common(command, *options);
  const auto run_group = "How it runs";
  command.add_flag("--observe", options->observe, "Change nothing: probe the broker as it stands")->group(run_group);
  command.add_flag("--dry-run", options->dry_run, "Show what would be done to the broker's host, and do nothing")
      ->group(run_group);
  command.add_flag("--keep", options->keep, "Leave the last stage in place on the broker")->group(run_group);
  command.add_flag("--fail-fast", options->fail_fast, "Stop after the first stage with a failed check")
      ->group(run_group);
  command
      .add_flag("--intrusive", options->intrusive,
                "Also make checks that load the broker or may lock an account out; only on a broker of your own "
                "(a private one and containers: always)")
      ->group(run_group);
  add_probe_options(command, options->probes, run_group);
  add_capture_options(command, options->capture, run_group);
  command.add_option("--deadline", options->deadline, "Seconds that the whole run may take (default: 600)")
      ->check(CLI::Range(1.0, 86400.0))
      ->group(run_group);
  add_report_option(command, options->reports, "A report: {formats} (repeatable; default: json, junit)");
  command
      .add_flag("--errors-as-failures", options->errors_as_failures,
                "JUnit: what could not be judged as a failure, for readers that show errors as passed")
      ->group("Reports");
  command.add_option("--out", options->out, "Where reports go (default: reports/out/<run id>, and reports/out/latest)")
      ->type_name("DIR")
      ->group("Reports");
  options->console = add_console_options(command);
  return [options](const std::vector<std::string>& arguments) { return run(*options, arguments); };
}

Body add_plan(CLI::App& command) {
  auto options = std::make_shared<RunOptions>();
  options->dry_run = true;
  add_common(command, *options);
  options->console = add_console_options(command);
  return [options](const std::vector<std::string>& arguments) { return run(*options, arguments); };
}

}  // namespace mqtts::cli
