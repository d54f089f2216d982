// `run PLAN`: the whole way from a plan to reports.
#include "harness/engine/run.h"

#include <unistd.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <future>
#include <iostream>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "harness/cli/command.h"
#include "harness/cli/console.h"
#include "harness/cli/console/progress.h"
#include "harness/cli/dry_run.h"
#include "harness/cli/private_folder.h"
#include "harness/cli/selection.h"
#include "harness/cli/signals.h"
#include "harness/cli/target.h"
#include "harness/model/dialect.h"
#include "harness/pki/given_materials.h"
#include "harness/pki/minted_materials.h"
#include "harness/pki/password_file.h"
#include "harness/pki/random.h"
#include "harness/plan/expand.h"
#include "harness/plan/find.h"
#include "harness/probes/wire_prober.h"
#include "harness/remote/broker_host.h"
#include "harness/wire/tcp.h"
#include "reports/console.h"
#include "reports/formats.h"

namespace mqtts::cli {
namespace {

struct RunOptions {
  std::string plan;
  bool observe = false;
  bool dry_run = false;
  bool keep = false;
  bool fail_fast = false;
  double probe_timeout = 5;
  double deadline = 600;
  std::vector<std::string> reports;
  std::string out;
  std::shared_ptr<TargetOptions> target;
  std::shared_ptr<Selection> selection;
  std::shared_ptr<VariableOptions> variables;
  std::shared_ptr<ConsoleOptions> console;
};

Clock::duration seconds(double count) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(count));
}

// What goes into the results: a plan's variables may hold secrets.
std::vector<std::string> without_values_of_variables(std::vector<std::string> arguments) {
  bool next_is_assignment = false;
  for (auto& argument : arguments) {
    const bool attached = argument.starts_with("--var=");
    const auto equals = argument.find('=', attached ? 6 : 0);
    if ((next_is_assignment || attached) && equals != std::string::npos)
      argument.replace(equals + 1, std::string::npos, "***");
    next_is_assignment = argument == "--var";
  }
  return arguments;
}

RunInfo begin_run(const Plan& plan, const std::vector<std::string>& arguments) {
  const auto now = fmt::gmtime(std::time(nullptr));
  return {.id = fmt::format("{:%Y%m%dT%H%M%SZ}-{}", now, pki::random_text().substr(0, 4)),
          .started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", now),
          .tool = "mqtts-harness " MQTTS_VERSION,
          .plan = plan.name,
          .plan_title = plan.title,
          .plan_sha256 = plan.sha256,
          .plan_file = plan.path,
          .command = without_values_of_variables(arguments)};
}

// One run on one target. Members in reverse order of death.
class Run {
 public:
  Run(const RunOptions& options, Plan plan, OpenTarget opened, PrivateFolder folder, const Deadline& deadline)
      : options_(options), opened_(std::move(opened)), folder_(std::move(folder)), deadline_(deadline) {
    plan_ = plan::expand(std::move(plan), plan::target_variables(target()), pki::random_text);
    // SSH takes as long to log in as keys take to mint: both at once.
    begin_login();
    if (options_.observe)
      materials_ = std::make_unique<pki::GivenMaterials>(plan_, target().materials, folder_.path());
    else
      materials_ =
          std::make_unique<pki::MintedMaterials>(plan_.materials, folder_.path(), pki::in_order_of_need(plan_));
  }

  // An Error means that nothing was judged; its words also go into the result.
  Result<TargetResult> go(Progress& progress) {
    auto address = wire::resolve(target().mqtt.host);
    if (!address) return tl::make_unexpected(address.error());
    progress.waiting_for(msg("the login by SSH"));
    auto host = log_in();
    if (!host) return tl::make_unexpected(host.error());

    const auto version = version_on(host->get());
    const auto [dialect, doubt] = dialect_of(version);
    engine::World world{.endpoint = {*address, target().mqtt.host},
                        .materials = *materials_,
                        .prober = prober_,
                        .host = host->get(),
                        .progress = progress,
                        .password_file = [hash = dialect.password_hash](
                                             const auto& accounts) { return pki::password_file(accounts, hash); },
                        .base = target().broker.base};
    auto result = engine::run_target(plan_, target().name, world, engine_options(), deadline_);
    if (result && version) result->broker = "mosquitto " + version->text;
    if (result && !options_.observe) result->broker_doubt = doubt;
    return result;
  }

  const Target& target() const { return opened_.target; }

 private:
  engine::Options engine_options() const {
    using namespace engine;
    return {.mode = options_.observe ? Mode::observe : Mode::apply,
            .afterwards = options_.keep ? Afterwards::keep : Afterwards::put_back,
            .on_failure = options_.fail_fast ? OnFailure::stop : OnFailure::go_on,
            .probe_timeout = seconds(options_.probe_timeout),
            .wants_stage = [this](const StageSpec& stage) { return options_.selection->wants(stage); },
            .wants_check = [this](const CheckSpec& check) { return options_.selection->wants(check); }};
  }

  // None if there is no host to ask, or no answer that tells it: then the plan is applied as to the newest Mosquitto.
  std::optional<BrokerVersion> version_on(remote::SshBrokerHost* host) const {
    if (host == nullptr) return std::nullopt;
    const auto words = host->version_words(deadline_.within(version_time));
    return words ? broker_version_from(*words) : std::nullopt;
  }

  void begin_login() {
    if (!target().ssh) return;
    const auto privilege = target().broker.sudo ? remote::Privilege::sudo : remote::Privilege::login_user;
    open_shell_ = remote::ssh_opener(*target().ssh, privilege);
    first_shell_ = std::async(std::launch::async, open_shell_, deadline_.within(login_time));
  }

  // None where the target gives no way in; a broken login ends a run that needs it, and is passed over in one that
  // only observes.
  Result<std::unique_ptr<remote::SshBrokerHost>> log_in() {
    if (!target().ssh) return nullptr;
    auto shell = first_shell_.get();
    if (!shell && options_.observe) {
      tell(shell.error(), words_for(*options_.console));
      return nullptr;
    }
    if (!shell) return tl::make_unexpected(shell.error());
    auto first = std::make_shared<std::unique_ptr<remote::Shell>>(*std::move(shell));
    return std::make_unique<remote::SshBrokerHost>(
        [first, open = open_shell_](const Deadline& deadline) -> Result<std::unique_ptr<remote::Shell>> {
          if (*first != nullptr) return std::move(*first);
          return open(deadline.within(login_time));
        },
        target().broker);
  }

  static constexpr auto login_time = std::chrono::seconds(15);
  static constexpr auto version_time = std::chrono::seconds(5);

  probes::WireProber prober_;  // first of all: it must be there before there are threads
  const RunOptions& options_;
  OpenTarget opened_;
  PrivateFolder folder_;
  Deadline deadline_;
  Plan plan_;
  remote::ShellOpener open_shell_;
  std::future<Result<std::unique_ptr<remote::Shell>>> first_shell_;
  std::unique_ptr<Materials> materials_;
};

Result<std::vector<reports::Wanted>> wanted_reports(const RunOptions& options) {
  std::vector<reports::Wanted> wanted{{"json", std::nullopt}};
  if (options.reports.empty()) wanted.push_back({"junit", std::nullopt});
  for (const auto& text : options.reports) {
    auto one = reports::wanted_from(text);
    if (!one) return tl::make_unexpected(one.error());
    if (one->format == "json" && !one->path) continue;
    wanted.push_back(*std::move(one));
  }
  return wanted;
}

int write_and_tell(const Report& report, const RunOptions& options, const std::vector<reports::Wanted>& wanted,
                   const reports::Words& words) {
  const std::filesystem::path folder =
      options.out.empty() ? std::filesystem::path("reports/out") / report.run.id : std::filesystem::path(options.out);
  const auto style = style_for(*options.console, STDOUT_FILENO);
  const auto detail = options.console->verbosity > 0 ? reports::Detail::everything : reports::Detail::troubles;
  std::cout << reports::summary(report, words, style, detail);

  const auto written = reports::write_reports(report, words, wanted, folder);
  if (!written) return std::max(report.run.exit_code, tell(written.error(), words));
  if (options.out.empty())
    if (const auto linked = reports::point_latest(folder); !linked) tell(linked.error(), words);
  if (!options.console->quiet)
    for (const auto& path : *written) std::cout << words(msg("report: {path}", {{"path", path}})) << '\n';
  return report.run.exit_code;
}

int run(const RunOptions& options, const std::vector<std::string>& arguments) {
  const auto start = Clock::now();
  const auto words = words_for(*options.console);
  const auto overrides = overrides_from(*options.variables);
  if (!overrides) return tell(overrides.error(), words);
  auto loaded = plan::find_plan(options.plan, *overrides);
  if (!loaded.plan) return tell(loaded.problems, words);
  if (const auto selected = check_selection(*options.selection, *loaded.plan); !selected)
    return tell(selected.error(), words);
  const auto wanted = wanted_reports(options);
  if (!wanted) return tell(wanted.error(), words);
  if (options.dry_run) return dry_run(*loaded.plan, *options.selection, *options.target, words);

  const auto& stop = watch_signals();
  const auto deadline = Deadline(start + seconds(options.deadline), &stop);
  auto opened = open_target(*options.target, deadline, words);
  if (!opened) return opened.error();
  if (!options.observe && !opened->target.ssh)
    return tell({ErrorKind::usage,
                 msg("the target {target} says nothing of SSH, so no stage can be applied to it",
                     {{"target", opened->target.name}}),
                 msg("add `ssh` to the target file, or use --observe, which changes nothing")},
                words);
  auto folder = opened->own_host ? PrivateFolder::make_in(opened->own_host->folder()) : PrivateFolder::make();
  if (!folder) return tell(folder.error(), words);

  const bool leaves_a_stage = options.keep && !options.observe && !opened->own_host;
  Report report{.run = begin_run(*loaded.plan, arguments)};
  {
    Run one(options, *std::move(loaded.plan), *std::move(opened), *std::move(folder), deadline);
    const auto style = style_for(*options.console, STDOUT_FILENO);
    std::ostream nowhere(nullptr);
    ConsoleProgress progress(options.console->quiet ? nowhere : std::cout, words, style);
    auto result = one.go(progress);
    progress.erase_status();
    if (!result) {
      if (!deadline.stopped()) tell(result.error(), words);
      result = TargetResult{.name = one.target().name, .host = one.target().mqtt.host, .message = result.error().what};
    }
    report.targets.push_back(*std::move(result));
  }
  report.run.exit_code = exit_code(report);
  if (deadline.stopped() && report.run.exit_code != exit_not_restored) report.run.exit_code = 128 + stop.load();
  report.run.seconds = seconds_since(start);
  const int code = write_and_tell(report, options, *wanted, words);
  if (leaves_a_stage)
    std::cout << words(msg("The last stage is left in place; this puts the broker back: mqtts-harness restore --target "
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
  command.add_option("--timeout", options->probe_timeout, "Seconds that one probe may take (default: 5)")
      ->check(CLI::Range(0.1, 3600.0))
      ->group(run_group);
  command.add_option("--deadline", options->deadline, "Seconds that the whole run may take (default: 600)")
      ->check(CLI::Range(1.0, 86400.0))
      ->group(run_group);
  const auto report_group = "Reports";
  command.add_option("--report", options->reports, "A report: " + reports::format_names() + " (repeatable; default: junit)")
      ->type_name("FMT[=PATH]")
      ->allow_extra_args(false)
      ->group(report_group);
  command.add_option("--out", options->out, "Where reports go (default: reports/out/<run id>, and reports/out/latest)")
      ->type_name("DIR")
      ->group(report_group);
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
