// The table of report formats, and the function that writes them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/report.h"
#include "harness/util/error.h"
#include "reports/files.h"
#include "reports/results_json.h"
#include "reports/translator.h"

namespace mqtts::reports {

// The reader of a report, which decides its content.
enum class Audience {
  instructor,  // everything
  student,     // the result of grading::for_students
};

// How much of each target a format needs.
enum class Extent {
  outline,   // for a class, outline_of() each target and the summary
  streamed,  // all of it, one target after another
  whole,
};

struct Format {
  std::string_view name;     // the FMT of --report
  std::string_view pattern;  // pattern of its file names; "-": standard output
  Audience audience;
  Extent extent;
  std::vector<File> (*render)(const Report&, const Translator&);
};

// A target's scores and verdicts without observations and messages: a tenth of the memory.
TargetResult outline_of(const TargetResult& target);

std::span<const Format> formats();

// "json, junit, csv": all names, for messages.
std::string format_names();

// Two views of one run: the complete one, and the students'.
struct ReportViews {
  Report& whole;
  Report& for_students;
  EachTarget each_target{};  // if `whole` has outlines: the complete targets. None: `whole` has them

  Report& of(Audience audience) const { return audience == Audience::student ? for_students : whole; }
};

// A parsed --report FMT[=PATH].
struct ReportRequest {
  std::string format;
  std::optional<std::filesystem::path> path;
  bool errors_as_failures = false;  // junit only
};

// ErrorKind::usage for an unknown format or an empty path.
Result<ReportRequest> wanted_from(std::string_view text);

// ErrorKind::usage for a gradebook of an audit, which has no marks.
Result<void> check_marks(const std::vector<ReportRequest>& wanted, const RunInfo& run);

// Returns true if the outlines of a class and its targets one by one are enough to write these.
bool need_outlines_only(const std::vector<ReportRequest>& wanted);

// Writes each format into `folder`, or to its own path: an exact file name, or a folder if the path is one, ends with a
// slash, or the format has several files; "-" is standard output. Returns the paths of the written files, students'
// first, without standard output. ErrorKind::usage for an unknown format (before anything is written) and for several
// files on standard output, ErrorKind::local for a file that cannot be written: the first of them, once all others are.
// A class report links to its students' pages: those written by the same call, or existing ones beside it as
// `<target>/report.html`.
Result<std::vector<std::string>> write_reports(const ReportViews& tellings, const Translator& tr,
                                               const std::vector<ReportRequest>& wanted,
                                               const std::filesystem::path& folder);

// Finds out, before anything is done, which of these cannot be written for that many targets; leaves nothing behind.
// ErrorKind::usage for a place that cannot be written, for two reports on standard output, and for one of several
// files.
Result<void> check_places(const std::vector<ReportRequest>& wanted, const std::filesystem::path& folder,
                          std::size_t targets);

// Returns true if one of these goes to standard output.
bool prints(const std::vector<ReportRequest>& wanted);

}  // namespace mqtts::reports
