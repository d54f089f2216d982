#include "reports/formats.h"

#include <algorithm>
#include <system_error>

#include "reports/csv.h"
#include "reports/csv_lms.h"
#include "reports/ctrf.h"
#include "reports/github.h"
#include "reports/gradescope.h"
#include "reports/html.h"
#include "reports/html_class.h"
#include "reports/junit.h"
#include "reports/markdown.h"
#include "reports/pages.h"
#include "reports/results_json.h"
#include "reports/sarif.h"
#include "reports/tap.h"

namespace mqtts::reports {
namespace fs = std::filesystem;
namespace {

std::vector<File> results(const Report& report, const Words& words) {
  return {{"results.json", results_text(report, words)}};
}

constexpr Format table[] = {
    {"json", "results.json", Audience::instructor, results},
    {"html", "report.html, or <target>.html of several", Audience::student, html},
    {"class", "class.html", Audience::instructor, html_class},
    {"junit", "TEST-<plan>.<target>.xml", Audience::instructor, junit},
    {"csv", "gradebook.csv", Audience::instructor, gradebook},
    {"csv-moodle", "gradebook-moodle.csv", Audience::instructor, moodle_gradebook},
    {"csv-canvas", "gradebook-canvas.csv", Audience::instructor, canvas_gradebook},
    {"markdown", "summary.md", Audience::instructor, markdown},
    {"tap", "results.tap", Audience::instructor, tap},
    {"ctrf", "ctrf-report.json", Audience::instructor, ctrf},
    {"sarif", "results.sarif", Audience::instructor, sarif},
    {"github", standard_output, Audience::instructor, github},
    {"gradescope", "gradescope.json", Audience::instructor, gradescope},
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

// Where a file goes: see write_reports.
fs::path place_of(const File& file, const std::vector<File>& all, const Wanted& wanted, const fs::path& folder) {
  if (!wanted.path) return file.name == standard_output ? fs::path(file.name) : folder / file.name;
  return all.size() > 1 || names_a_folder(*wanted.path) ? *wanted.path / file.name : *wanted.path;
}

// Writes one format's files, and adds to `written` and `pages` where.
Result<void> write_wanted(const std::vector<File>& files, const Wanted& wanted, const fs::path& folder,
                          std::vector<std::string>& written, Pages& pages) {
  if (wanted.path == standard_output && files.size() > 1) {
    return failure(ErrorKind::usage,
                   msg("the report {format} has several files, which cannot be printed", {{"format", wanted.format}}),
                   msg("give a folder: {format}=DIR/", {{"format", wanted.format}}));
  }
  for (const auto& file : files) {
    const auto path = place_of(file, files, wanted, folder);
    const bool printed = path == standard_output;
    auto done = printed ? print_whole(file.bytes) : write_whole(path, file.bytes);
    if (!done) return done;
    if (printed) continue;
    written.push_back(path.string());
    if (!file.page_of.empty()) pages.add(file.page_of, path);
  }
  return {};
}

}  // namespace

std::span<const Format> formats() { return table; }

std::string format_names() {
  std::string names;
  for (const auto& format : table) names += (names.empty() ? "" : ", ") + std::string(format.name);
  return names;
}

Result<Wanted> wanted_from(std::string_view text) {
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  if (auto format = format_named(name); !format) return tl::make_unexpected(std::move(format).error());
  if (equals == std::string_view::npos) return Wanted{std::string(name), std::nullopt};
  if (equals + 1 == text.size()) {
    return failure(ErrorKind::usage, msg("--report {text} has no path after \"=\"", {{"text", std::string(text)}}),
                   msg("write {format}=PATH, or {format} alone", {{"format", std::string(name)}}));
  }
  return Wanted{std::string(name), fs::path(text.substr(equals + 1))};
}

Result<std::vector<std::string>> write_reports(const Tellings& tellings, const Words& words,
                                               const std::vector<Wanted>& wanted, const fs::path& folder) {
  std::vector<std::pair<const Format*, const Wanted*>> chosen;
  for (const auto& one : wanted) {
    auto format = format_named(one.format);
    if (!format) return tl::make_unexpected(std::move(format).error());
    chosen.emplace_back(*format, &one);
  }
  // Students' pages first: others lead to them.
  std::stable_partition(chosen.begin(), chosen.end(),
                        [](const auto& it) { return it.first->audience == Audience::student; });
  std::vector<std::string> written;
  Pages pages;
  for (const auto& [format, one] : chosen) {
    auto& report = tellings.of(format->audience);
    pages.link(report.targets, place_of({.name = std::string(format->pattern)}, {}, *one, folder).parent_path());
    const auto files = format->render(report, words);
    if (const auto done = write_wanted(files, *one, folder, written, pages); !done)
      return tl::make_unexpected(done.error());
  }
  return written;
}

bool prints(const std::vector<Wanted>& wanted) {
  return std::ranges::any_of(wanted, [](const Wanted& one) {
    if (one.path) return *one.path == standard_output;
    const auto format = format_named(one.format);
    return format && (*format)->pattern == standard_output;
  });
}

}  // namespace mqtts::reports
