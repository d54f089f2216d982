// The table of report formats, and the one function that writes them.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/error.h"
#include "harness/model/report.h"
#include "reports/files.h"
#include "reports/words.h"

namespace mqtts::reports {

struct Format {
  std::string_view name;     // as after --report
  std::string_view pattern;  // how its files are named
  std::vector<File> (*render)(const Report&, const Words&);
};

std::span<const Format> formats();

// What --report FMT[=PATH] asks for.
struct Wanted {
  std::string format;
  std::optional<std::filesystem::path> path;
};

// ErrorKind::usage if the format is unknown or the path empty.
Result<Wanted> wanted_from(std::string_view text);

// Writes each format into `folder`, or where its path says: a file's exact name, or a folder if the path is
// one, ends with a slash, or the format gives several files. Returns what was written, in order.
// ErrorKind::usage for an unknown format (before anything is written), ErrorKind::local for a file that
// cannot be written (files before it stay).
Result<std::vector<std::string>> write_reports(const Report& report, const Words& words,
                                               const std::vector<Wanted>& wanted, const std::filesystem::path& folder);

}  // namespace mqtts::reports
