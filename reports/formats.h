// The table of report formats, and the one function that writes them.
#pragma once

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

// Whose a report is, and so what may stand in it.
enum class Audience {
  instructor,  // all that is known
  student,     // what engine::for_students leaves
};

// What a format must know of each target.
enum class Extent {
  outline,   // of a class it tells what outline_of() leaves, and the summary
  streamed,  // all of it, one target after the other
  whole,
};

struct Format {
  std::string_view name;     // as after --report
  std::string_view pattern;  // how its files are named; "-": it is printed
  Audience audience;
  Extent extent;
  std::vector<File> (*render)(const Report&, const Translator&);
};

// Marks and verdicts of a target, without what was seen and what is said of it: a tenth of the memory.
TargetResult outline_of(const TargetResult& target);

std::span<const Format> formats();

// "json, junit, csv": their names, for people.
std::string format_names();

// One run twice: the whole of it, and what its students may see.
struct ReportViews {
  Report& whole;
  Report& for_students;
  EachTarget each_target{};  // where `whole` has outlines: the targets as they are. None: `whole` has them

  Report& of(Audience audience) const { return audience == Audience::student ? for_students : whole; }
};

// What --report FMT[=PATH] asks for.
struct ReportRequest {
  std::string format;
  std::optional<std::filesystem::path> path;
};

// ErrorKind::usage if the format is unknown or the path empty.
Result<ReportRequest> wanted_from(std::string_view text);

// Can these be written from the outlines of a class and its targets one by one?
bool need_outlines_only(const std::vector<ReportRequest>& wanted);

// Writes each format into `folder`, or where its path says: a file's exact name, or a folder if the path is
// one, ends with a slash, or the format gives several files; "-" is standard output. Returns the paths of what was
// written, those for students first, without what was printed. ErrorKind::usage for an unknown format (before anything
// is written) and for several files on standard output, ErrorKind::local for a file that cannot be written (files
// before it stay). A report on a class leads to the pages of its students: to those that are written by the same call,
// or that lie beside it as `<target>/report.html`.
Result<std::vector<std::string>> write_reports(const ReportViews& tellings, const Translator& tr,
                                               const std::vector<ReportRequest>& wanted,
                                               const std::filesystem::path& folder);

// Will one of these be printed?
bool prints(const std::vector<ReportRequest>& wanted);

}  // namespace mqtts::reports
