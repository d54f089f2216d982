#include "reports/formats.h"

#include <algorithm>
#include <system_error>

#include "reports/html.h"
#include "reports/html_class.h"
#include "reports/junit.h"
#include "reports/results_json.h"

namespace mqtts::reports {
namespace fs = std::filesystem;
namespace {

std::vector<File> results(const Report& report, const Words& words) {
  return {{"results.json", results_text(report, words)}};
}

constexpr Format table[] = {
    {"json", "results.json", results},
    {"html", "report.html, or <target>.html of several", html},
    {"class", "class.html", html_class},
    {"junit", "TEST-<plan>.<target>.xml", junit},
};

Result<const Format*> format_named(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Format::name);
  if (found != std::end(table)) return found;
  std::string known;
  for (const auto& format : table) known += (known.empty() ? "" : ", ") + std::string(format.name);
  return failure(ErrorKind::usage, msg("no report format is called \"{name}\"", {{"name", std::string(name)}}),
                 msg("choose among {formats}", {{"formats", known}}));
}

bool names_a_folder(const fs::path& path) {
  std::error_code ignored;
  return !path.has_filename() || fs::is_directory(path, ignored);
}

// Where a file goes: see write_reports.
fs::path place_of(const File& file, const std::vector<File>& all, const Wanted& wanted, const fs::path& folder) {
  if (!wanted.path) return folder / file.name;
  return all.size() > 1 || names_a_folder(*wanted.path) ? *wanted.path / file.name : *wanted.path;
}

}  // namespace

std::span<const Format> formats() { return table; }

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

Result<std::vector<std::string>> write_reports(const Report& report, const Words& words,
                                               const std::vector<Wanted>& wanted, const fs::path& folder) {
  std::vector<const Format*> chosen;
  for (const auto& one : wanted) {
    auto format = format_named(one.format);
    if (!format) return tl::make_unexpected(std::move(format).error());
    chosen.push_back(*format);
  }
  std::vector<std::string> written;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto files = chosen[i]->render(report, words);
    for (const auto& file : files) {
      const auto path = place_of(file, files, wanted[i], folder);
      if (auto done = write_whole(path, file.bytes); !done) return tl::make_unexpected(std::move(done).error());
      written.push_back(path.string());
    }
  }
  return written;
}

}  // namespace mqtts::reports
