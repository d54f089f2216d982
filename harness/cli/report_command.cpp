// `report RESULTS…`: renders results again, merges them, grades them by another plan. Offline.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include <CLI/CLI.hpp>

#include "harness/cli/command.h"
#include "harness/cli/output.h"
#include "harness/cli/results_files.h"
#include "harness/cli/run_info.h"
#include "harness/cli/selection_options.h"
#include "harness/grading/marks.h"
#include "harness/grading/student_view.h"
#include "harness/plan/locate.h"
#include "harness/probes/probes.h"
#include "harness/util/utc.h"
#include "reports/console.h"
#include "reports/console_class.h"
#include "reports/formats.h"

namespace mqtts::cli {
namespace {

namespace fs = std::filesystem;

struct ReportOptions {
  std::vector<std::string> results;
  std::string plan;
  std::vector<std::string> reports;
  std::string out;
  std::shared_ptr<VariableOptions> variables;
  std::shared_ptr<ConsoleOptions> console;
};

// With --out, also writes results.json there: merged or regraded results are a new source.
Result<std::vector<reports::ReportRequest>> requested_reports(const ReportOptions& options) {
  std::vector<reports::ReportRequest> wanted;
  if (!options.out.empty()) wanted.push_back({"json", std::nullopt});
  for (const auto& text : options.reports) {
    auto one = reports::wanted_from(text);
    if (!one) return tl::make_unexpected(one.error());
    if (one->format == "json" && !one->path && !options.out.empty()) continue;
    wanted.push_back(*std::move(one));
  }
  return wanted;
}

// The folder of the results, if there is only one file of them.
Result<fs::path> folder_for(const ReportOptions& options, const std::vector<reports::ReportRequest>& wanted) {
  if (!options.out.empty()) return fs::path(options.out);
  if (options.results.size() == 1) {
    const fs::path only = options.results.front();
    std::error_code ignored;
    return fs::is_directory(only, ignored) ? only : only.parent_path();
  }
  if (std::ranges::all_of(wanted, [](const auto& one) { return one.path || reports::prints({one}); }))
    return fs::path();
  return failure(ErrorKind::usage, msg("several results are given, and no place for their report"),
                 msg("say where: --out DIR"));
}

void mark_by(const Plan& plan, Report& report) {
  const auto marks = selected_part(plan, selection_from(report.run.selection));
  for (auto& target : report.targets) {
    const auto known = target.not_graded;
    grading::mark(target, marks);
    if (!target.not_graded.empty() && !known.empty()) target.not_graded = known;  // closer to the cause
  }
  auto& run = report.run;
  run.plan = plan.name;
  run.plan_title = plan.title;
  run.plan_sha256 = plan.sha256;
  run.plan_file = plan.path;
  run.due = plan.grading.due;
  sum_up(report);
}

void show_report(const Report& report, const ReportOptions& options, const reports::Translator& tr) {
  const bool everything = options.console->verbosity > 0;
  const auto style = style_for(*options.console, STDOUT_FILENO);
  if (report.summary && !everything) {
    std::cout << reports::class_summary(report, tr, style);
    return;
  }
  std::cout << reports::summary(report, tr, style,
                                everything ? reports::Detail::everything : reports::Detail::troubles);
}

int report(const ReportOptions& options) {
  const auto tr = translator_for(*options.console);
  const auto wanted = requested_reports(options);
  if (!wanted) return print_error(wanted.error(), tr);
  const auto folder = folder_for(options, *wanted);
  if (!folder) return print_error(folder.error(), tr);
  const auto overrides = overrides_from(*options.variables);
  if (!overrides) return print_error(overrides.error(), tr);

  auto results = read_results_files(options.results, tr);
  if (!results) return print_error(results.error(), tr);
  auto& all = results->report;
  if (const auto marked = reports::check_marks(*wanted, all.run); !marked) return print_error(marked.error(), tr);
  for (const auto& doubt : results->doubts) print_note(doubt, tr);
  if (!options.plan.empty()) {
    const auto loaded = plan::find_plan(options.plan, *overrides, probes::kinds());
    if (!loaded.plan) return print_error(loaded.problems, tr);
    mark_by(*loaded.plan, all);
  }

  if (const auto can = reports::check_places(*wanted, *folder, all.targets.size()); !can)
    return print_error(can.error(), tr);

  const auto console = console_for(*options.console, *wanted);
  if (!reports::prints(*wanted) && !options.console->quiet) show_report(all, options, tr);
  auto for_students = grading::for_students(all, now_utc());
  const auto written = reports::write_reports({all, for_students}, tr, *wanted, *folder);
  if (!written) return print_error(written.error(), tr);
  if (!options.console->quiet)
    for (const auto& path : *written) console.out << tr(msg("report: {path}", {{"path", path}})) << '\n';
  return exit_code(all);
}

}  // namespace

Body add_report(CLI::App& command) {
  auto options = std::make_shared<ReportOptions>();
  command
      .add_option("results", options->results,
                  "Files that runs have written, or folders: of one its results.json or those of its folders")
      ->required()
      ->type_name("RESULTS...");
  command.add_option("--plan", options->plan, "Marks them anew by this plan: a JSON file or its name")
      ->type_name("PLAN");
  options->variables = add_variables(command);
  add_report_option(command, options->reports, "A report: {formats} (repeatable)");
  command.add_option("--out", options->out, "Where reports and a results.json go (default: beside the results)")
      ->type_name("DIR")
      ->group("Reports");
  options->console = add_console_options(command);
  return [options](const std::vector<std::string>&) { return report(*options); };
}

}  // namespace mqtts::cli
