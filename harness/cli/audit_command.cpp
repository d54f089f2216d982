// `audit URL`: asks any broker, with no plan, how secure it is.
#include <filesystem>
#include <ostream>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/audit/audit_plan.h"
#include "harness/audit/first_look.h"
#include "harness/audit/letter_grade.h"
#include "harness/audit/readable_topics.h"
#include "harness/cli/capture_options.h"
#include "harness/cli/command.h"
#include "harness/cli/console/progress.h"
#include "harness/cli/output.h"
#include "harness/cli/report_output.h"
#include "harness/cli/run_info.h"
#include "harness/cli/selection_options.h"
#include "harness/cli/target_options.h"
#include "harness/cli/terminal_interaction.h"
#include "harness/pki/given_files.h"
#include "harness/probes/probes.h"
#include "harness/runner/target_runner.h"
#include "harness/targets/open_target.h"
#include "harness/targets/target_url.h"
#include "harness/util/exit_status.h"
#include "harness/util/private_folder.h"
#include "harness/util/signals.h"
#include "reports/formats.h"

namespace mqtts::cli {
namespace {

constexpr auto look_time = std::chrono::seconds(5);

struct AuditOptions {
  std::string url;
  audit::Given given;
  CaptureOptions capture;
  std::string fail_on = "medium";
  double timeout_seconds = 5;
  double deadline = 600;
  double topics_seconds = 0;  // 0: nobody listens to topics
  bool errors_as_failures = false;
  std::vector<std::string> reports;
  std::string out;
  std::shared_ptr<targets::TargetOptions> target;
  std::shared_ptr<Selection> selection;
  std::shared_ptr<ConsoleOptions> console;
};

Error usage(Message what, Message hint = {}) { return {ErrorKind::usage, std::move(what), std::move(hint), {}}; }

// One of two that only make sense together.
Result<void> check_pair(const std::string& one, const std::string& other, std::string_view one_flag,
                        std::string_view other_flag) {
  if (one.empty() == other.empty()) return {};
  const bool lacks_other = other.empty();
  return tl::make_unexpected(
      usage(msg("{one} needs {other}, too", {{"one", std::string(lacks_other ? one_flag : other_flag)},
                                             {"other", std::string(lacks_other ? other_flag : one_flag)}})));
}

Result<void> check_usage(const AuditOptions& options) {
  const auto& given = options.given;
  const bool has_target = options.target->name != "embedded";
  if (options.url.empty() && !has_target)
    return tl::make_unexpected(usage(msg("name the broker: mqtts-harness audit mqtts://HOST, or --target TARGET")));
  if (!options.url.empty() && has_target)
    return tl::make_unexpected(usage(msg("name the broker by its URL or by --target, not by both")));
  const auto scheme = targets::scheme_of(options.url);
  if (!options.url.empty() && (!scheme || *scheme == targets::UrlScheme::ssh))
    return tl::make_unexpected(
        usage(msg("{url} is no broker's URL: it is written mqtts://host[:port], mqtt://host[:port], "
                  "wss://host[:port][/path] or ws://host[:port][/path]",
                  {{"url", options.url}}),
              msg("a machine that is reached by SSH is named by --target")));
  for (auto checked :
       {check_pair(given.user.user, given.user.password_file, "--user", "--password-file"),
        check_pair(given.other_user.user, given.other_user.password_file, "--other-user", "--other-password-file"),
        check_pair(given.certificate, given.key, "--cert", "--key"),
        check_pair(given.other_certificate, given.other_key, "--other-cert", "--other-key")})
    if (!checked) return checked;
  if (!given.user.user.empty() && given.user.user == given.other_user.user)
    return tl::make_unexpected(usage(msg("--other-user must be another account than --user")));
  if (!given.other_certificate.empty() && given.other_user.user.empty())
    return tl::make_unexpected(
        usage(msg("{one} needs {other}, too", {{"one", "--other-cert"}, {"other", "--other-user"}})));
  return {};
}

// Files that hold something else than they should are the user's mistake, told before anything is sent.
Result<void> check_files(const audit::Given& given) {
  const auto checked = [](auto read) -> Result<void> {
    if (read) return {};
    read.error().kind = ErrorKind::usage;
    return tl::make_unexpected(std::move(read.error()));
  };
  if (!given.ca.empty())
    if (auto ca = checked(pki::read_identity(given.ca, given.ca_key)); !ca) return ca;
  for (const auto& [certificate, key] :
       {std::pair(given.certificate, given.key), std::pair(given.other_certificate, given.other_key)})
    if (!certificate.empty())
      if (auto client = checked(pki::read_identity(certificate, key).and_then(pki::for_clients)); !client)
        return client;
  const auto materials = audit::materials_of(given);
  for (const auto& [name, source] : materials.accounts)
    if (auto account = checked(pki::given_account(name, materials)); !account) return account;
  return {};
}

// What the target says goes where no flag does.
audit::FirstLook complete(audit::Given& given, Target& target, const AuditOptions& options, const Deadline& deadline) {
  if (given.ca.empty()) given.ca = target.materials.ca;
  if (given.ca_key.empty()) given.ca_key = target.materials.ca_key;
  if (given.ca.empty()) given.ca = audit::system_trust_store();
  const auto scheme = targets::scheme_of(options.url);
  given.may_log_in_clear = scheme == targets::UrlScheme::mqtt || scheme == targets::UrlScheme::ws;
  const auto seen = audit::first_look(target.mqtt, given, deadline.within(look_time));
  given.has_ssh = target.ssh.has_value();
  given.tls_port = target.mqtt.tls_port;
  given.has_tls = scheme == targets::UrlScheme::mqtts || seen.tls_answers;
  given.has_plain = scheme == targets::UrlScheme::mqtt || seen.plain_answers;
  given.is_trusted = seen.is_trusted;
  given.is_trust_known = seen.is_trust_known;
  given.asks_for_certificate = seen.asks_for_certificate;
  given.has_secure_websocket = target.mqtt.secure_websocket_port != 0;
  given.has_websocket = target.mqtt.websocket_port != 0;
  if (const auto revoked = target.materials.identities.find("revoked"); revoked != target.materials.identities.end())
    given.revoked = revoked->second;
  const bool has_any = given.has_tls || given.has_plain || given.has_secure_websocket || given.has_websocket;
  if (!has_any) given.has_tls = true;  // nothing answers: the checks say so
  target.materials = audit::materials_of(given);
  return seen;
}

// False where a port of WebSocket is known: the first look does not try those.
bool nobody_answers(const audit::FirstLook& seen, const audit::Given& given) {
  return !seen.tls_answers && !seen.plain_answers && !given.has_websocket && !given.has_secure_websocket;
}

runner::TargetRunnerOptions runner_options(const AuditOptions& options, const RunInfo& run, TrafficRecorder* recorder,
                                           const reports::Translator& tr) {
  using namespace engine;
  return {.engine = {.mode = Mode::observe,
                     .permission = options.given.intrusive ? Permission::intrusive : Permission::gentle,
                     .stages = Stages::are_groups,
                     .probe_timeout = std::chrono::duration_cast<Clock::duration>(
                         std::chrono::duration<double>(options.timeout_seconds)),
                     .repeat_wrong_logins = 1,
                     .wants_stage = [&](const StageSpec& stage) { return options.selection->wants(stage); },
                     .wants_check = [&](const CheckSpec& check) { return options.selection->wants(check); },
                     .tries_without_control = audit::is_tried_without_control},
          .seed = {},
          .kept_in = std::filesystem::absolute(report_folder(options.out, run) / "materials"),
          .recorder = recorder,
          .doubt = [tr](const Error& error) { print_error(error, tr); }};
}

// None where it was not asked for, or nobody could; that is told.
std::optional<TopicsSeen> readable_topics(const AuditOptions& options, const audit::FirstLook& seen,
                                          const Deadline& deadline, const reports::Translator& tr) {
  if (options.topics_seconds <= 0 || !seen.client) return std::nullopt;
  if (!options.console->quiet)
    print_note(msg("listening to topics for {seconds} s", {{"seconds", fmt::format("{}", options.topics_seconds)}}),
               tr);
  auto topics = audit::read_topics(*seen.client, seconds(options.topics_seconds), deadline);
  if (topics) return *std::move(topics);
  if (!deadline.stopped()) print_note(msg("topics were not read: {why}", {{"why", tr(topics.error().what)}}), tr);
  return std::nullopt;
}

void grade_audit(TargetResult& target, const audit::Given& given, int wrong_logins) {
  audit::explain_refusals(target, given);
  audit::choose_remedies(target);
  add_up(target);
  target.wrong_logins = wrong_logins;
  target.grade = audit::letter_grade(target);
  target.remedies = audit::most_urgent(target);
}

int run_audit(const AuditOptions& options, const std::vector<std::string>& arguments) {
  const auto start = Clock::now();
  const auto tr = translator_for(*options.console);
  if (const auto checked = check_usage(options); !checked) return print_error(checked.error(), tr);
  if (const auto checked = check_usage(options.capture); !checked) return print_error(checked.error(), tr);
  auto wanted = wanted_reports(options.reports, {"junit", "html"});
  if (!wanted) return print_error(wanted.error(), tr);
  for (auto& one : *wanted) one.errors_as_failures = options.errors_as_failures;

  if (const auto files = check_files(options.given); !files) return print_error(files.error(), tr);
  const auto& stop = watch_signals();
  const auto deadline = Deadline(start + seconds(options.deadline), &stop);
  TerminalInteraction interaction(tr);
  auto named = *options.target;
  if (!options.url.empty()) named.name = options.url;
  auto opened = targets::open_target(named, deadline, interaction);
  if (!opened) return print_error(opened.error(), tr);
  auto given = options.given;
  probes::WireProber prober;  // first: must be constructed before any thread starts
  const auto seen = complete(given, opened->target, options, deadline);
  if (given.ca.empty())
    return print_error(usage(msg("this system has no file of CAs that it trusts: give one with --ca")), tr);

  auto plan = audit::audit_plan(given);
  if (auto selected = check_selection(*options.selection, plan); !selected) {
    selected.error().hint =
        msg("`mqtts-harness explain` lists the groups, which are the stages here, and their checks");
    return print_error(selected.error(), tr);
  }
  Report report{.run = run_info(plan, arguments)};
  report.run.configuration = Configuration::as_it_stands;
  if (const auto marked = reports::check_marks(*wanted, report.run); !marked) return print_error(marked.error(), tr);
  if (const auto can = reports::check_places(*wanted, report_folder(options.out, report.run), 1); !can)
    return print_error(can.error(), tr);
  auto folder = PrivateFolder::make();
  if (!folder) return print_error(folder.error(), tr);

  const auto console = console_for(*options.console, *wanted);
  const int wrong_logins = audit::wrong_logins_of(plan);
  if (wrong_logins > 0 && !options.console->quiet)
    print_note(msg_n(wrong_logins, "this makes {count} wrong login; --max-wrong-logins says how many at most",
                     "this makes {count} wrong logins; --max-wrong-logins says how many at most"),
               tr);
  auto topics = readable_topics(options, seen, deadline, tr);
  {
    const auto recorder = recorder_for(options.capture, report_folder(options.out, report.run));
    runner::TargetRunner one(runner_options(options, report.run, recorder.get(), tr), std::move(plan), opened->target,
                             folder->path(), deadline);
    std::ostream nowhere(nullptr);
    ConsoleProgress progress(options.console->quiet ? nowhere : console.out, tr, console.style, Skips::by_number);
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
  if (nobody_answers(seen, given) && report.targets.front().message.empty())
    report.targets.front().message =
        msg("nothing answers at {host}: is the broker running, is the port right, does a firewall stand between?",
            {{"host", opened->target.mqtt.host}});
  if (auto& target = report.targets.front(); !target.broker && !seen.broker.empty()) {
    target.broker = seen.broker;
    target.broker_known_by = seen.known_by;
  }
  report.targets.front().topics = std::move(topics);
  grade_audit(report.targets.front(), given, wrong_logins);
  report.run.exit_code = audit::audit_exit_code(report.targets.front(), *severity_from(options.fail_on));
  if (deadline.stopped()) report.run.exit_code = 128 + stop.load();
  report.run.seconds = seconds_since(start);
  return write_and_print(report, options.out, *options.console, *wanted, tr, console);
}

void add_given(CLI::App& command, audit::Given& given) {
  const auto group = "What you give";
  const auto file = [&](const char* flag, std::string& value, const char* text) {
    command.add_option(flag, value, text)->type_name("FILE")->check(CLI::ExistingFile)->group(group);
  };
  file("--ca", given.ca,
       "The CA that must have signed the broker's certificate (default: those that this system trusts)");
  command.add_option("--user", given.user.user, "An account of the broker")->type_name("NAME")->group(group);
  file("--password-file", given.user.password_file, "Its password, in the first line of a file");
  command.add_option("--other-user", given.other_user.user, "A second account, for what one user may do to another")
      ->type_name("NAME")
      ->group(group);
  file("--other-password-file", given.other_user.password_file, "Its password");
  file("--cert", given.certificate, "A client certificate that the broker accepts, PEM");
  file("--key", given.key, "Its private key");
  file("--other-cert", given.other_certificate, "The second account's own client certificate, PEM");
  file("--other-key", given.other_key, "Its private key");
  file("--ca-key", given.ca_key,
       "The key of that CA, to make expired and other faulty client certificates with; it stays here");
}

}  // namespace

Body add_audit(CLI::App& command) {
  auto options = std::make_shared<AuditOptions>();
  command.add_option(
      "url", options->url,
      "The broker: mqtts://host[:port], mqtt://host[:port], wss://host[:port][/path] or ws://host[:port][/path]");
  options->target = add_target_options(command);
  add_given(command, options->given);
  const auto run_group = "How it runs";
  command
      .add_flag("--intrusive", options->given.intrusive,
                "Also make checks that load the broker or may lock an account out; only on a broker of your own")
      ->group(run_group);
  command
      .add_option("--max-wrong-logins", options->given.most_wrong_logins,
                  "How many wrong logins may be made at most (default: 3)")
      ->check(CLI::Range(0, 1000))
      ->group(run_group);
  command
      .add_option("--fail-on", options->fail_on,
                  "Exit with 1 if a check of at least this severity fails: critical, high, medium (default), low, info")
      ->check(CLI::IsMember({"critical", "high", "medium", "low", "info"}))
      ->group(run_group);
  command
      .add_option("--topics", options->topics_seconds,
                  "Listen for so many seconds, and tell which topics can be read; no payload is kept")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.1, 3600.0))
      ->group(run_group);
  command.add_option("--timeout", options->timeout_seconds, "Seconds that one connection may take (default: 5)")
      ->check(CLI::Range(0.1, 3600.0))
      ->group(run_group);
  command.add_option("--deadline", options->deadline, "Seconds that the whole run may take (default: 600)")
      ->check(CLI::Range(1.0, 86400.0))
      ->group(run_group);
  add_capture_options(command, options->capture, run_group);
  options->selection = add_selection(command);
  add_report_option(command, options->reports, "A report: {formats} (repeatable; default: json, junit, html)");
  command
      .add_flag("--errors-as-failures", options->errors_as_failures,
                "JUnit: what could not be judged as a failure, for readers that show errors as passed")
      ->group("Reports");
  command.add_option("--out", options->out, "Where reports go (default: reports/out/<run id>, and reports/out/latest)")
      ->type_name("DIR")
      ->group("Reports");
  options->console = add_console_options(command);
  command.footer(
      "Exit codes: 0 no check of the severity of --fail-on or above failed, 1 one did, 2 wrong usage, 3 something\n"
      "could not be judged, 130 or 143 stopped by a signal. A check that was not made counts for nothing.\n"
      "`mqtts-harness explain CHECK` says what a check proves, why it matters, and how to mend a broker.");
  return [options](const std::vector<std::string>& arguments) { return run_audit(*options, arguments); };
}

}  // namespace mqtts::cli
