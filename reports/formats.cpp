#include "reports/formats.h"

#include <algorithm>
#include <system_error>

#include "reports/csv.h"
#include "reports/csv_lms.h"
#include "reports/ctrf.h"
#include "reports/github.h"
#include "reports/gradescope.h"
#include "reports/html/class.h"
#include "reports/html/student.h"
#include "reports/junit.h"
#include "reports/markdown.h"
#include "reports/page_links.h"
#include "reports/sarif.h"
#include "reports/tap.h"

namespace mqtts::reports {
namespace fs = std::filesystem;
namespace {

std::vector<File> results(const Report& report, const Translator& tr) {
  return {{"results.json", results_text(report, tr)}};
}

constexpr Format table[] = {
    {"json", "results.json", Audience::instructor, Extent::streamed, results},
    {"html", "report.html, or <target>.html of several", Audience::student, Extent::whole, html},
    {"class", "class.html", Audience::instructor, Extent::outline, html_class},
    {"junit", "TEST-<plan>.<target>.xml", Audience::instructor, Extent::whole, junit},
    {"csv", "gradebook.csv", Audience::instructor, Extent::outline, gradebook},
    {"csv-moodle", "gradebook-moodle.csv", Audience::instructor, Extent::outline, moodle_gradebook},
    {"csv-canvas", "gradebook-canvas.csv", Audience::instructor, Extent::outline, canvas_gradebook},
    {"markdown", "summary.md", Audience::instructor, Extent::outline, markdown},
    {"tap", "results.tap", Audience::instructor, Extent::whole, tap},
    {"ctrf", "ctrf-report.json", Audience::instructor, Extent::whole, ctrf},
    {"sarif", "results.sarif", Audience::instructor, Extent::whole, sarif},
    {"github", standard_output, Audience::instructor, Extent::whole, github},
    {"gradescope", "gradescope.json", Audience::instructor, Extent::whole, gradescope},
};

Result<const Format*> format_named(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Format::name);
  if (found != std::end(table)) return found;
  return failure(ErrorKind::usage, msg("no report format is called \"{name}\"", {{"name", std::string(name)}}),
                 msg("choose among {formats}", {{"formats", format_names()}}));
}

bool names_a_folder(const fs::path& path) {
  std::error_code ignored;
  return !path.has_filename() || fs::is_directory(path, ignored);
}

// The path of a file: see write_reports.
fs::path place_of(const File& file, const std::vector<File>& all, const ReportRequest& wanted, const fs::path& folder) {
  if (!wanted.path) return file.name == standard_output ? fs::path(file.name) : folder / file.name;
  return all.size() > 1 || names_a_folder(*wanted.path) ? *wanted.path / file.name : *wanted.path;
}

// Writes results.json, whose targets need not all be in memory.
Result<void> write_streamed(const ReportViews& tellings, const Translator& tr, const fs::path& path) {
  const auto each = tellings.each_target ? tellings.each_target : [&](const auto& take) -> Result<void> {
    for (const auto& target : tellings.whole.targets)
      if (auto taken = take(target); !taken) return taken;
    return {};
  };
  const auto pieces = [&](const Sink& sink) { return write_results(tellings.whole, each, tr, sink); };
  return path == standard_output ? print_whole(pieces) : write_whole(path, pieces);
}

bool is_printed(const ReportRequest& wanted) {
  if (wanted.path) return *wanted.path == standard_output;
  const auto format = format_named(wanted.format);
  return format && (*format)->pattern == standard_output;
}

tl::unexpected<Error> several_files_cannot_be_printed(const ReportRequest& wanted) {
  return failure(ErrorKind::usage,
                 msg("the report {format} has several files, which cannot be printed", {{"format", wanted.format}}),
                 msg("give a folder: {format}=DIR/", {{"format", wanted.format}}));
}

// Writes one format's files, and adds their paths to `written` and `pages`.
Result<void> write_wanted(const std::vector<File>& files, const ReportRequest& wanted, const fs::path& folder,
                          std::vector<std::string>& written, Pages& pages) {
  if (wanted.path == standard_output && files.size() > 1) return several_files_cannot_be_printed(wanted);
  for (const auto& file : files) {
    const auto path = place_of(file, files, wanted, folder);
    const bool printed = path == standard_output;
    const auto bytes = [&file](const Sink& sink) -> Result<void> {
      sink(file.bytes);
      return {};
    };
    auto done = printed ? print_whole(bytes) : write_whole(path, bytes);
    if (!done) return done;
    if (printed) continue;
    written.push_back(path.string());
    if (!file.page_of.empty()) pages.add(file.page_of, path);
  }
  return {};
}

}  // namespace

std::span<const Format> formats() { return table; }

// Copies instead of moving: moved parts would lie scattered among freed memory and keep it allocated.
TargetResult outline_of(const TargetResult& target) {
  TargetResult outline{.name = target.name,
                       .host = target.host,
                       .broker = target.broker,
                       .broker_doubt = target.broker_doubt,
                       .clock_doubt = target.clock_doubt,
                       .not_restarted = target.not_restarted,
                       .restored = target.restored,
                       .message = target.message,
                       .by_hand = target.by_hand,
                       .score = target.score,
                       .max_score = target.max_score,
                       .stages = {},
                       .student = target.student,
                       .looked_at = target.looked_at,
                       .not_graded = target.not_graded,
                       .late_percent = target.late_percent,
                       .penalty = target.penalty,
                       .row = target.row,
                       .page = target.page,
                       .round = target.round};
  for (const auto& stage : target.stages) {
    auto& told = outline.stages.emplace_back(StageResult{.id = stage.id,
                                                         .title = stage.title,
                                                         .verdict = stage.verdict,
                                                         .points = stage.points,
                                                         .max_points = stage.max_points,
                                                         .hidden_checks = stage.hidden_checks,
                                                         .seconds = stage.seconds,
                                                         .started = stage.started,
                                                         .message = stage.message,
                                                         .detail = {},
                                                         .timing = stage.timing,
                                                         .checks = {}});
    told.checks.reserve(stage.checks.size());
    for (const auto& check : stage.checks)
      told.checks.push_back({.id = check.id,
                             .title = check.title,
                             .verdict = check.verdict,
                             .seconds = check.seconds,
                             .points = check.points,
                             .max_points = check.max_points,
                             .bonus = check.bonus,
                             .visibility = check.visibility});
  }
  return outline;
}

std::string format_names() {
  std::string names;
  for (const auto& format : table) names += (names.empty() ? "" : ", ") + std::string(format.name);
  return names;
}

Result<ReportRequest> wanted_from(std::string_view text) {
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  if (auto format = format_named(name); !format) return tl::make_unexpected(std::move(format).error());
  if (equals == std::string_view::npos) return ReportRequest{std::string(name), std::nullopt};
  if (equals + 1 == text.size()) {
    return failure(ErrorKind::usage, msg("--report {text} has no path after \"=\"", {{"text", std::string(text)}}),
                   msg("write {format}=PATH, or {format} alone", {{"format", std::string(name)}}));
  }
  return ReportRequest{std::string(name), fs::path(text.substr(equals + 1))};
}

Result<std::vector<std::string>> write_reports(const ReportViews& tellings, const Translator& tr,
                                               const std::vector<ReportRequest>& wanted, const fs::path& folder) {
  std::vector<std::pair<const Format*, const ReportRequest*>> chosen;
  for (const auto& one : wanted) {
    auto format = format_named(one.format);
    if (!format) return tl::make_unexpected(std::move(format).error());
    chosen.emplace_back(*format, &one);
  }
  // Students' pages first: other reports link to them.
  std::stable_partition(chosen.begin(), chosen.end(),
                        [](const auto& it) { return it.first->audience == Audience::student; });
  std::vector<std::string> written;
  std::optional<Error> failed;
  Pages pages;
  for (const auto& [format, one] : chosen) {
    auto& report = tellings.of(format->audience);
    pages.link(report.targets, place_of({.name = std::string(format->pattern)}, {}, *one, folder).parent_path());
    if (format->extent == Extent::streamed) {
      const auto path = place_of({.name = std::string(format->pattern)}, {}, *one, folder);
      if (const auto done = write_streamed(tellings, tr, path); !done)
        failed = failed ? failed : std::optional(done.error());
      else if (path != standard_output)
        written.push_back(path.string());
      continue;
    }
    const auto files = format->render == junit && one->errors_as_failures ? junit_without_errors(report, tr)
                                                                          : format->render(report, tr);
    if (const auto done = write_wanted(files, *one, folder, written, pages); !done)
      failed = failed ? failed : std::optional(done.error());
  }
  if (failed) return tl::make_unexpected(*std::move(failed));
  return written;
}

Result<void> check_marks(const std::vector<ReportRequest>& wanted, const RunInfo& run) {
  if (!is_audit(run)) return {};
  for (const auto& one : wanted)
    if (one.format.starts_with("csv") || one.format == "gradescope")
      return failure(ErrorKind::usage,
                     msg("an audit has a letter and no marks: there is no report {format} of it",
                         {{"format", one.format}}),
                     msg("its results as a table: --report markdown, or json"));
  return {};
}

bool need_outlines_only(const std::vector<ReportRequest>& wanted) {
  return std::ranges::all_of(wanted, [](const ReportRequest& one) {
    const auto format = format_named(one.format);
    return format && (*format)->extent != Extent::whole;
  });
}

Result<void> check_places(const std::vector<ReportRequest>& wanted, const fs::path& folder, std::size_t targets) {
  const ReportRequest* printed = nullptr;
  for (const auto& one : wanted) {
    const auto format = format_named(one.format);
    if (!format) return tl::make_unexpected(format.error());
    const bool has_file_per_target = (*format)->pattern.find("<target>") != std::string_view::npos;
    const bool has_several = has_file_per_target && targets > 1;
    if (is_printed(one)) {
      if (has_several) return several_files_cannot_be_printed(one);
      if (printed != nullptr)
        return failure(ErrorKind::usage,
                       msg("standard output has room for one report, not for {first} and {second}",
                           {{"first", printed->format}, {"second", one.format}}),
                       msg("give a file: --report {format}=PATH", {{"format", one.format}}));
      printed = &one;
      continue;
    }
    const auto place = one.path.value_or(folder);
    const bool is_folder = !one.path || has_several || names_a_folder(place);
    auto tried = !is_folder            ? try_file(place)
                 : has_file_per_target ? try_folder(place)
                                       : try_file(place / (*format)->pattern);
    if (!tried)
      return failure(ErrorKind::usage, std::move(tried).error().what,
                     one.path ? msg("give another path: --report {format}=PATH", {{"format", one.format}})
                              : msg("give another folder: --out DIR"));
  }
  return {};
}

bool prints(const std::vector<ReportRequest>& wanted) { return std::ranges::any_of(wanted, is_printed); }

}  // namespace mqtts::reports
