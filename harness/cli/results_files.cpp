#include "harness/cli/results_files.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "harness/grading/class_summary.h"
#include "harness/util/read_file.h"
#include "reports/merge.h"
#include "reports/results_json.h"

namespace mqtts::cli {
namespace fs = std::filesystem;
namespace {

tl::unexpected<Error> cannot_read(const fs::path& path, const std::error_code& why) {
  return failure(ErrorKind::invalid_input,
                 msg("cannot read {path}: {why}", {{"path", path.string()}, {"why", why.message()}}),
                 msg("give a results.json that a run has written, or its folder"));
}

Result<Report> read_results_file(const fs::path& path, const reports::Translator& tr) {
  const auto text = read_file(path);
  if (!text) return cannot_read(path, text.error());
  auto report = reports::read_results(*text);
  if (report) return report;
  auto error = std::move(report).error();
  error.what = msg("{file}: {what}", {{"file", path.string()}, {"what", tr(error.what)}});
  return tl::make_unexpected(std::move(error));
}

bool is_class(const Report& report) {
  return report.summary || std::ranges::any_of(report.targets, [](const auto& one) { return one.student.has_value(); });
}

}  // namespace

Result<std::vector<fs::path>> results_files(const fs::path& argument) {
  std::error_code error;
  if (!fs::is_directory(argument, error)) return std::vector{argument};
  const auto own = argument / "results.json";
  if (fs::exists(own, error)) return std::vector{own};
  std::vector<fs::path> found;
  for (auto entry = fs::directory_iterator(argument, error); !error && entry != fs::directory_iterator();
       entry.increment(error))
    if (const auto path = entry->path() / "results.json"; !entry->is_symlink() && fs::exists(path, error))
      found.push_back(path);
  if (error) return cannot_read(argument, error);
  std::ranges::sort(found);
  if (!found.empty()) return found;
  return failure(ErrorKind::invalid_input,
                 msg("{folder} has no results.json, and neither has a folder in it", {{"folder", argument.string()}}),
                 msg("give a results.json that a run has written, or its folder"));
}

Result<Results> read_results_files(const std::vector<std::string>& arguments, const reports::Translator& tr) {
  std::vector<reports::Source> sources;
  for (const auto& argument : arguments) {
    const auto files = results_files(argument);
    if (!files) return tl::make_unexpected(files.error());
    for (const auto& file : *files) {
      auto report = read_results_file(file, tr);
      if (!report) return tl::make_unexpected(std::move(report).error());
      sources.push_back({file.string(), *std::move(report)});
    }
  }
  const auto files = sources.size();
  const bool is_of_class = std::ranges::any_of(sources, [](const auto& source) { return is_class(source.report); });
  auto [report, doubts] = reports::merge(std::move(sources));
  if (files > 1) {
    if (is_of_class) report.summary.emplace();
    sum_up(report);
  }
  return Results{std::move(report), std::move(doubts), files};
}

void sum_up(Report& report) {
  if (is_class(report)) report.summary = grading::summarise(report.targets);
  report.run.exit_code = exit_code(report);
}

}  // namespace mqtts::cli
