// `grade PLAN --roster FILE --out DIR`: probes the brokers of a class in parallel, and grades them.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "harness/cli/command.h"
#include "harness/cli/console/class_board.h"
#include "harness/cli/output.h"
#include "harness/cli/probe_options.h"
#include "harness/cli/run_info.h"
#include "harness/cli/selection_options.h"
#include "harness/cli/target_options.h"
#include "harness/grading/class_folder.h"
#include "harness/grading/class_summary.h"
#include "harness/grading/marks.h"
#include "harness/grading/roster/roster.h"
#include "harness/grading/shard.h"
#include "harness/grading/student_run.h"
#include "harness/grading/student_view.h"
#include "harness/pki/given_materials.h"
#include "harness/pki/random.h"
#include "harness/plan/locate.h"
#include "harness/probes/probes.h"
#include "harness/runner/pool.h"
#include "harness/targets/ssh_defaults.h"
#include "harness/targets/target_kind.h"
#include "harness/util/exit_status.h"
#include "harness/util/seeded_random.h"
#include "harness/util/signals.h"
#include "harness/util/utc.h"
#include "reports/console_class.h"
#include "reports/formats.h"

namespace mqtts::cli {
namespace {

constexpr int jobs_per_core = 64;
constexpr int at_work_per_core = 16;  // keeps every core busy; more would only wait

struct GradeOptions {
  std::string plan;
  std::string roster;
  std::string out;
  std::string shard;
  std::string seed;
  bool resume = false;
  int jobs = 0;
  ProbeOptions probes;
  double target_deadline = 120;
  double deadline = 86400;
  std::vector<std::string> reports;
  std::shared_ptr<targets::TargetOptions> login = std::make_shared<targets::TargetOptions>();
  std::shared_ptr<Selection> selection;
  std::shared_ptr<VariableOptions> variables;
  std::shared_ptr<ConsoleOptions> console;
};

int cores() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

// A worker's report about a finished student.
std::string text_of(const std::optional<TargetResult>& result, const std::optional<Error>& not_written) {
  if (not_written) return nlohmann::json{{"not_written", to_english(not_written->what)}}.dump();
  if (!result) return "{}";
  return nlohmann::json{{"score", result->score},
                        {"max_score", result->max_score},
                        {"why", result->not_graded.text},
                        {"args", result->not_graded.args},
                        {"plural", result->not_graded.plural}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// The class run: which students are still to be graded, and the results of the others.
class Grading {
 public:
  Grading(const GradeOptions& options, grading::GradingRun grading_run, std::vector<grading::RosterEntry> entries,
          Clock::time_point end, const Console& console)
      : options_(options),
        grading_run_(std::move(grading_run)),
        entries_(std::move(entries)),
        end_(end),
        console_(console) {}

  void run(const StopFlag& stop) {
    std::vector<std::size_t> to_do;
    for (std::size_t i = 0; i < entries_.size(); ++i)
      if (!is_marked(entries_[i].student)) to_do.push_back(i);
    std::ostream nowhere(nullptr);
    Board board(options_.console->quiet ? nowhere : console_.out, grading_run_.tr, console_.style, to_do.size());
    look(to_do, board, stop);
    board.erase();
  }

  const std::optional<Error>& not_written() const { return not_written_; }

  // Passes on every student's result in the roster's order, ungraded if none is on disk; keeps none in memory.
  Result<void> each_target(const std::function<Result<void>(const TargetResult&)>& take) const {
    for (const auto& entry : entries_) {
      auto result = grading::result_in(grading_run_.folder, entry.student, grading_run_.run);
      if (!result) {
        result = grading::ungraded(entry, 0, msg("the run ended before this broker was looked at"));
        result->looked_at.clear();
        grading::mark(*result, grading_run_.marks);
      }
      if (auto taken = take(*result); !taken) return taken;
    }
    return {};
  }

  // A report of each target as reduced by `keep`.
  Report report(TargetResult (*keep)(const TargetResult&)) const {
    Report report{.run = grading_run_.run};
    grading::ClassSummariser summariser;
    static_cast<void>(each_target([&](const TargetResult& target) -> Result<void> {
      summariser.add(target);
      report.targets.push_back(keep(target));
      return {};
    }));
    report.summary = std::move(summariser).summary();
    report.run.exit_code = exit_code(report);
    return report;
  }

 private:
  bool is_marked(const Student& student) const {
    const auto result = grading::result_in(grading_run_.folder, student, grading_run_.run);
    return result && result->not_graded.empty();
  }

  // A job's number is the student's in the first round, plus the number of students in the second: the second round
  // corrects failures of a busy moment or a machine that was just starting.
  void look(const std::vector<std::size_t>& to_do, Board& board, const StopFlag& stop) {
    if (to_do.empty()) return;
    const int processes = std::min(cores(), options_.jobs);
    const runner::PoolLimits limits{.processes = processes,
                                    .jobs_per_process = (options_.jobs + processes - 1) / processes,
                                    .at_work_per_process = at_work_per_core,
                                    .job_time = grading_run_.target_time,
                                    .end = end_};
    std::optional<probes::WireProber> prober;
    const runner::PoolWork work{
        .prepare = [&prober] { prober.emplace(); },
        .job =
            [&](std::size_t number, const runner::Tell& tell) {
              const auto earlier =
                  is_second(number) ? grading::PreviousRound::keep_failures : grading::PreviousRound::ignore;
              const auto result = grading::run_student(grading_run_, entry(number), earlier, *prober, stop, tell);
              std::optional<Error> not_written;
              if (result)
                if (auto written = grading::write_student(grading_run_, *result); !written)
                  not_written = written.error();
              return text_of(result, not_written);
            }};
    const runner::PoolWatcher watcher{
        .begun = [&](std::size_t number) { board.begun(id(number)); },
        .told = [&](std::size_t number, const std::string& text) { board.is_at(id(number), text); },
        .ended = [&](std::size_t number, const runner::JobEnd& end) { return take(number, end, board); },
        .tick = [&] { board.tick(); }};
    runner::run_pool(to_do, work, limits, watcher, stop);
  }

  bool is_second(std::size_t number) const { return number >= entries_.size(); }
  const grading::RosterEntry& entry(std::size_t number) const { return entries_[number % entries_.size()]; }
  const std::string& id(std::size_t number) const { return entry(number).student.id; }

  // Returns the job of the second round, if one is needed.
  std::optional<std::size_t> take(std::size_t number, const runner::JobEnd& end, Board& board) {
    const auto result = result_of(number, end);
    if (!result) {
      board.stopped(id(number));
      return std::nullopt;
    }
    board.done(*result);
    if (result->not_graded.empty() || is_second(number)) return std::nullopt;
    board.again(id(number));
    return number + entries_.size();
  }

  // The part that the board needs; none without a result.
  std::optional<TargetResult> result_of(std::size_t number, const runner::JobEnd& end) {
    switch (end.outcome) {
      case runner::JobOutcome::stopped: return std::nullopt;
      case runner::JobOutcome::crashed:
        return marked_as_lost(number, msg("the harness itself crashed on this broker: {how}", {{"how", end.detail}}));
      case runner::JobOutcome::overdue:
        return marked_as_lost(number, msg("the look at this broker did not come to its end in time"));
      case runner::JobOutcome::done: break;
    }
    const auto told = nlohmann::json::parse(end.detail);
    if (told.contains("not_written")) {
      not_written_ = Error{ErrorKind::local, msg("a result could not be written: {why}",
                                                 {{"why", told["not_written"].get<std::string>()}})};
      return std::nullopt;
    }
    if (!told.contains("score")) return std::nullopt;
    TargetResult result{.name = id(number)};
    result.score = told["score"];
    result.max_score = told["max_score"];
    result.not_graded = {told["why"], told["args"], told["plural"]};
    return result;
  }

  TargetResult marked_as_lost(std::size_t number, Message why) {
    const auto& student = entry(number).student;
    auto result = grading::ungraded(
        entry(number), grading::next_round(grading::result_in(grading_run_.folder, student, grading_run_.run)),
        std::move(why));
    grading::mark(result, grading_run_.marks);
    if (auto written = grading::write_student(grading_run_, result); !written) not_written_ = written.error();
    return result;
  }

  const GradeOptions& options_;
  const grading::GradingRun grading_run_;
  const std::vector<grading::RosterEntry> entries_;
  const Clock::time_point end_;
  const Console& console_;
  std::optional<Error> not_written_;
};

RunInfo begin_run(const Plan& plan, const GradeOptions& options, const std::vector<std::string>& arguments) {
  auto run = run_info(plan, arguments);
  run.configuration = Configuration::as_it_stands;
  run.seed = options.seed.empty() ? pki::random_text() : options.seed;
  run.due = plan.grading.due;
  run.selection = to_texts(*options.selection);
  return run;
}

// The run to resume, or a new one.
Result<RunInfo> run_of(const GradeOptions& options, const Plan& plan, const std::vector<std::string>& arguments) {
  const auto found = grading::run_in(options.out);
  if (!found) return tl::make_unexpected(found.error());
  if (*found && !options.resume)
    return failure(ErrorKind::usage, msg("{folder} holds a class run already", {{"folder", options.out}}),
                   msg("give --resume to go on with it, or another --out"));
  if (!*found) return begin_run(plan, options, arguments);
  if ((*found)->plan_sha256 != plan.sha256)
    return failure(ErrorKind::usage,
                   msg("the plan is not the one that {folder} was begun with", {{"folder", options.out}}),
                   msg("grade with the old one; `report --plan` gives the marks anew by the new one"));
  if ((*found)->selection != to_texts(*options.selection))
    return failure(
        ErrorKind::usage, msg("{folder} was begun with another selection of checks", {{"folder", options.out}}),
        (*found)->selection.empty() ? msg("leave --stage, --check, --tag and --skip-tag out, or give another --out")
                                    : msg("give {flags} again, or another --out",
                                          {{"flags", fmt::format("{}", fmt::join((*found)->selection, " "))}}));
  return **found;
}

// A material that no target gives cannot be requested, and a score without it would be wrong. An entry on the host
// counts only if the target has an SSH address.
std::vector<json::Diagnostic> lacks_of(const std::vector<grading::RosterEntry>& entries, const Plan& plan,
                                       const std::string& roster) {
  std::vector<json::Diagnostic> problems;
  for (const auto& entry : entries) {
    const auto& target = entry.target;
    const auto lacking = pki::not_given(plan, target.ssh ? merged(target.materials, plan.given) : target.materials);
    if (lacking.empty()) continue;
    problems.push_back(
        {.file = roster,
         .line = entry.line,
         .column = 1,
         .message = msg("the target of {student} gives no {what}, without which there can be no mark: name "
                        "it at \"materials\" in a target file, or give \"ssh\" where the plan says where "
                        "it lies on the host",
                        {{"student", entry.student.id}, {"what", fmt::format("{}", fmt::join(lacking, ", "))}})});
  }
  return problems;
}

// Uses the instructor's keys. Does not ask for passphrases: a locked key must be in an agent.
Result<void> prepare_logins(std::vector<grading::RosterEntry>& entries, const targets::TargetOptions& login) {
  for (auto& entry : entries) {
    auto& ssh = entry.target.ssh;
    if (!ssh) continue;
    if (targets::is_ssh(entry.student.target)) targets::complete_ssh_address(*ssh);
    if (auto applied = targets::apply_ssh_options(login, *ssh); !applied) return applied;
  }
  return {};
}

int end_class(Grading& grading, const GradeOptions& options, Clock::time_point start, const StopFlag& stop,
              const std::vector<reports::ReportRequest>& wanted, const reports::Translator& tr,
              const Console& console) {
  const bool outlines = reports::need_outlines_only(wanted);
  auto report = grading.report(outlines ? reports::outline_of : [](const TargetResult& target) { return target; });
  report.run.seconds = seconds_since(start);
  if (stop != 0) report.run.exit_code = 128 + stop.load();
  console.out << reports::class_summary(report, tr, console.style);
  auto for_students = outlines ? Report{} : grading::for_students(report, now_utc());
  const auto each = [&](const auto& take) { return grading.each_target(take); };
  const auto written = reports::write_reports({report, for_students, each}, tr, wanted, options.out);
  if (!written) return std::max(report.run.exit_code, print_error(written.error(), tr));
  if (!options.console->quiet)
    for (const auto& path : *written) console.out << tr(msg("report: {path}", {{"path", path}})) << '\n';
  if (stop != 0) print_note(msg("stopped before the end: give the same command with --resume to go on"), tr);
  return report.run.exit_code;
}

int grade(const GradeOptions& given, const std::vector<std::string>& arguments) {
  const auto start = Clock::now();
  auto options = given;
  if (options.jobs == 0) options.jobs = jobs_per_core * cores();
  const auto tr = translator_for(*options.console);
  const auto overrides = overrides_from(*options.variables);
  if (!overrides) return print_error(overrides.error(), tr);
  auto loaded = plan::find_plan(options.plan, *overrides, probes::kinds());
  auto roster = grading::load_roster(options.roster, options.login->profile);
  auto problems = loaded.problems;
  std::ranges::move(roster.problems, std::back_inserter(problems));
  if (!problems.empty()) return print_error(problems, tr);
  if (const auto selected = check_selection(*options.selection, *loaded.plan); !selected)
    return print_error(selected.error(), tr);
  const auto shard = grading::shard_from(options.shard);
  if (!shard) return print_error(shard.error(), tr);
  std::vector<grading::RosterEntry> entries;
  entries.reserve(roster.entries->size());
  for (std::size_t row = 0; row < roster.entries->size(); ++row)
    if (shard->has(row)) entries.push_back(std::move((*roster.entries)[row]));
  roster.entries.reset();
  auto marks = selected_part(*loaded.plan, *options.selection);
  if (const auto lacking = lacks_of(entries, marks, options.roster); !lacking.empty()) return print_error(lacking, tr);
  if (const auto ready = prepare_logins(entries, *options.login); !ready) return print_error(ready.error(), tr);
  auto wanted = wanted_reports(options.reports, {"class", "csv", "markdown"});
  if (!wanted) return print_error(wanted.error(), tr);
  if (const auto can = reports::check_places(*wanted, options.out, entries.size()); !can)
    return print_error(can.error(), tr);
  auto run = run_of(options, *loaded.plan, arguments);
  if (!run) return print_error(run.error(), tr);
  if (const auto begun = grading::begin_run_in(options.out, *run, tr); !begun) return print_error(begun.error(), tr);

  const auto console = console_for(*options.console, *wanted);
  const auto& stop = watch_signals();
  Grading grading(options,
                  {.plan = *std::move(loaded.plan),
                   .marks = std::move(marks),
                   .run = *run,
                   .folder = options.out,
                   .probe_timeout = options.probes.timeout(),
                   .repeat = options.probes.repeat,
                   .target_time = seconds(options.target_deadline),
                   .tr = tr},
                  std::move(entries), start + seconds(options.deadline), console);
  grading.run(stop);
  if (grading.not_written()) return std::max(exit_unjudged, print_error(*grading.not_written(), tr));
  return end_class(grading, options, start, stop, *wanted, tr, console);
}

}  // namespace

Body add_grade(CLI::App& command) {
  auto options = std::make_shared<GradeOptions>();
  command
      .add_option("plan", options->plan,
                  "The test plan: a JSON file, or the name of one that came with the program (mqtts-lab)")
      ->required();
  command.add_option("--roster", options->roster, "The class: a CSV or JSON file with student_id and target")
      ->required()
      ->type_name("FILE");
  command.add_option("--out", options->out, "Where results and reports go")->required()->type_name("DIR");
  options->selection = add_selection(command);
  options->variables = add_variables(command);
  const auto group = "How it runs";
  command.add_flag("--resume", options->resume, "Go on with the class run that --out holds")->group(group);
  command.add_option("--shard", options->shard, "Only the I-th of N parts of the roster")
      ->type_name("I/N")
      ->group(group);
  command.add_option("--jobs", options->jobs, "Brokers that are looked at side by side (default: 64 a core)")
      ->check(CLI::Range(1, 4096))
      ->group(group);
  add_probe_options(command, options->probes, group);
  command.add_option("--target-deadline", options->target_deadline, "Seconds that one broker may take (default: 120)")
      ->check(CLI::Range(1.0, 86400.0))
      ->group(group);
  command.add_option("--deadline", options->deadline, "Seconds that the whole class may take (default: a day)")
      ->check(CLI::Range(1.0, 8640000.0))
      ->group(group);
  command.add_option("--seed", options->seed, "Draw all that is random as another run did: the seed of its results")
      ->type_name("TEXT")
      ->group(group);
  add_report_option(command, options->reports, "A report: {formats} (repeatable; default: json, class, csv, markdown)");
  add_login_options(command, *options->login);
  options->console = add_console_options(command);
  command.footer(
      "Exit codes: 0 every broker has a mark, however low, 2 wrong usage, plan or roster, 3 a broker has\n"
      "none, 130 or 143 stopped by a signal (--resume goes on).");
  return [options](const std::vector<std::string>& arguments) { return grade(*options, arguments); };
}

}  // namespace mqtts::cli
