// `watch PLAN`: probes a broker again after each change on it, and shows the next step.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>

#include "harness/cli/command.h"
#include "harness/cli/console/progress.h"
#include "harness/cli/output.h"
#include "harness/cli/probe_options.h"
#include "harness/cli/run_info.h"
#include "harness/cli/selection_options.h"
#include "harness/cli/target_options.h"
#include "harness/cli/terminal_interaction.h"
#include "harness/cli/watch/host_watch.h"
#include "harness/cli/watch/keyboard.h"
#include "harness/cli/watch/screen.h"
#include "harness/grading/student_view.h"
#include "harness/plan/expand.h"
#include "harness/plan/locate.h"
#include "harness/probes/probes.h"
#include "harness/remote/fetch_materials.h"
#include "harness/runner/target_runner.h"
#include "harness/targets/open_target.h"
#include "harness/util/exit_status.h"
#include "harness/util/private_folder.h"
#include "harness/util/signals.h"
#include "harness/util/utc.h"

namespace mqtts::cli {
namespace {

constexpr auto opening_time = std::chrono::minutes(2);
constexpr auto first_look_time = std::chrono::seconds(20);

struct WatchOptions {
  std::string plan;
  ProbeOptions probes;
  double deadline = 120;
  std::shared_ptr<targets::TargetOptions> target;
  std::shared_ptr<Selection> selection;
  std::shared_ptr<VariableOptions> variables;
  std::shared_ptr<ConsoleOptions> console;
};

// Shows only the awaited step: the screen shows the results.
class StatusLine : public Progress {
 public:
  StatusLine(const reports::Translator& tr, const reports::Style& style) : line_(std::cout, tr, style) {}
  void waiting_for(const Message& what) override { line_.waiting_for(what); }
  void stage_started(const StageSpec&) override {}
  void check_done(const CheckResult&) override {}
  void stage_done(const StageResult&) override {}

 private:
  ConsoleProgress line_;
};

class Watcher {
 public:
  Watcher(const WatchOptions& options, std::vector<std::string> arguments, const Plan& plan, const Target& target,
          const reports::Translator& tr, const StopFlag& stop)
      : options_(options),
        arguments_(std::move(arguments)),
        plan_(plan),
        target_(target),
        tr_(tr),
        style_(style_for(*options.console, STDOUT_FILENO)),
        stop_(stop) {
    waiting_.has_ssh = target.ssh.has_value();
  }

  // Runs until the user ends it, or nothing can start another round.
  Result<void> go() {
    // `q` acts as Ctrl-C: it also ends a running round.
    const Keyboard keyboard(
        STDIN_FILENO, mailbox_, [] { (void)std::raise(SIGINT); }, stop_);
    std::optional<HostWatch> host_watch;
    if (target_.ssh) {
      host_watch.emplace(look(), mailbox_, stop_);
      wait_for_first_look();
    }
    for (std::optional<cli::watch::Change> cause; stop_.load() == 0;) {
      const auto clock = fmt::format("{:%H:%M:%S}", fmt::localtime(std::time(nullptr)));
      auto report = look_once();
      if (!report) return tl::make_unexpected(report.error());
      if (stop_.load() != 0) break;
      show(*report, cause, clock);
      before_ = *std::move(report);
      if (!wait(cause)) break;
    }
    return {};
  }

 private:
  using HostWatch = cli::watch::HostWatch;
  using Keyboard = cli::watch::Keyboard;

  cli::watch::Look look() const {
    const auto expanded = plan::expand(plan_, plan::target_variables(target_), [] { return std::string(); });
    return [host = std::make_shared<remote::SshBrokerHost>(runner::opener_of(target_), target_.broker),
            profile = target_.broker, material = remote::paths_on_host(merged(target_.materials, expanded.given))](
               const Deadline& deadline) { return remote::broker_state(*host, profile, material, deadline); };
  }

  // Changes since the first round must not be missed. A host that does not answer is reported below that round.
  void wait_for_first_look() {
    StatusLine(tr_, style_).waiting_for(msg("the login by SSH"));
    const auto deadline = Deadline::in(first_look_time, &stop_);
    while (!deadline.passed()) {
      const auto news = mailbox_.take(deadline);
      waiting_.has_keys = waiting_.has_keys && !news.keys_ended;
      if (news.connection) return;
    }
  }

  Result<Report> look_once() {
    const auto start = Clock::now();
    const auto folder = PrivateFolder::make();
    if (!folder) return tl::make_unexpected(folder.error());
    Report report{.run = run_info(plan_, arguments_)};
    report.run.configuration = Configuration::as_it_stands;
    StatusLine progress(tr_, style_);
    runner::TargetRunner run(
        {.engine = {.mode = engine::Mode::observe,
                    .probe_timeout = options_.probes.timeout(),
                    .repeat = options_.probes.repeat,
                    .wants_stage = [&](const StageSpec& stage) { return options_.selection->wants(stage); },
                    .wants_check = [&](const CheckSpec& check) { return options_.selection->wants(check); }},
         .seed = {},
         .doubt = [](const Error&) {}},  // HostWatch reports that, and only once
        plan_, target_, folder->path(), Deadline::in(seconds(options_.deadline), &stop_));
    auto result = run.go(prober_, progress);
    if (!result && result.error().kind == ErrorKind::wrong_host) return tl::make_unexpected(result.error());
    if (!result) result = TargetResult{.name = target_.name, .host = target_.mqtt.host, .message = result.error().what};
    report.targets.push_back(*std::move(result));
    report.run.seconds = seconds_since(start);
    return grading::for_students(std::move(report), now_utc());
  }

  void show(const Report& report, const std::optional<cli::watch::Change>& cause, const std::string& clock) {
    const cli::watch::Round round{.now = report,
                                  .before = before_ ? &*before_ : nullptr,
                                  .cause = cause,
                                  .clock = clock};
    const auto shown = options_.console->quiet ? cli::watch::Shown::next_step : cli::watch::Shown::all;
    const auto detail = options_.console->verbosity > 0 ? reports::Detail::everything : reports::Detail::troubles;
    screen_ = cli::watch::round_text(round, tr_, style_, shown, detail);
    std::cout << screen_;
    show_waiting();
  }

  void show_waiting() {
    waiting_.broken = mailbox_.broken();
    std::cout << cli::watch::waiting_text(waiting_, tr_, style_) << std::flush;
  }

  // Returns false if no further round can start.
  bool wait(std::optional<cli::watch::Change>& cause) {
    while (waiting_.has_ssh || waiting_.has_keys) {
      const auto news = mailbox_.take({Clock::time_point::max(), &stop_});
      if (stop_.load() != 0) return false;
      waiting_.has_keys = waiting_.has_keys && !news.keys_ended;
      cause = news.change;
      if (news.asked_again || news.change) return true;
      if (style_.live) std::cout << screen_;
      show_waiting();
    }
    return false;
  }

  const WatchOptions& options_;
  const std::vector<std::string> arguments_;
  const Plan& plan_;
  const Target& target_;
  const reports::Translator tr_;
  const reports::Style style_;
  const StopFlag& stop_;
  probes::WireProber prober_;  // before any thread starts
  cli::watch::Mailbox mailbox_;
  cli::watch::Waiting waiting_;
  std::optional<Report> before_;
  std::string screen_;  // of the last round
};

// Ctrl-C is the normal end of this command.
int end_code(const StopFlag& stop) { return stop.load() == SIGINT ? exit_ok : 128 + stop.load(); }

int run_watch(const WatchOptions& options, const std::vector<std::string>& arguments) {
  const auto tr = translator_for(*options.console);
  const auto overrides = overrides_from(*options.variables);
  if (!overrides) return print_error(overrides.error(), tr);
  const auto loaded = plan::find_plan(options.plan, *overrides, probes::kinds());
  if (!loaded.plan) return print_error(loaded.problems, tr);
  if (const auto selected = check_selection(*options.selection, *loaded.plan); !selected)
    return print_error(selected.error(), tr);
  if (targets::planned_profile(*options.target))
    return print_error({ErrorKind::usage,
                        msg("`watch` looks at a broker that you work on, and {target} would be a fresh one",
                            {{"target", options.target->name}}),
                        msg("name yours: --target vagrant, --target ssh://user@host or a target file; "
                            "`mqtts-harness lab up` starts one to try things on")},
                       tr);

  const auto& stop = watch_signals();
  TerminalInteraction interaction(tr);
  const auto opened = targets::open_target(*options.target, Deadline::in(opening_time, &stop), interaction);
  if (stop.load() != 0) return end_code(stop);
  if (!opened) return print_error(opened.error(), tr);
  const auto ended = Watcher(options, arguments, *loaded.plan, opened->target, tr, stop).go();
  if (stop.load() != 0) return end_code(stop);
  return ended ? exit_ok : print_error(ended.error(), tr);
}

}  // namespace

Body add_watch(CLI::App& command) {
  auto options = std::make_shared<WatchOptions>();
  command
      .add_option("plan", options->plan,
                  "The test plan: a JSON file, or the name of one that came with the program (mqtts-lab)")
      ->required();
  options->target = add_target_options(command);
  options->variables = add_variables(command);
  options->selection = add_selection(command);
  const auto group = "How it looks";
  add_probe_options(command, options->probes, group);
  command.add_option("--deadline", options->deadline, "Seconds that one look at all stages may take (default: 120)")
      ->check(CLI::Range(1.0, 86400.0))
      ->group(group);
  options->console = add_console_options(command);
  command.footer(
      "It changes nothing on the broker's host. It looks again when the broker's configuration, a file that this\n"
      "names, or the broker's process has changed, and on Enter. q or Ctrl-C ends it, with exit code 0.");
  return [options](const std::vector<std::string>& arguments) { return run_watch(*options, arguments); };
}

}  // namespace mqtts::cli
