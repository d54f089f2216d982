#include "harness/cli/report_output.h"

#include <algorithm>
#include <ostream>

#include "harness/grading/student_view.h"
#include "reports/console.h"

namespace mqtts::cli {

std::filesystem::path report_folder(const std::string& out, const RunInfo& run) {
  return out.empty() ? std::filesystem::path("reports/out") / run.id : std::filesystem::path(out);
}

int write_and_print(Report& report, const std::string& out, const ConsoleOptions& options,
                    const std::vector<reports::ReportRequest>& wanted, const reports::Translator& tr,
                    const Console& console) {
  const auto folder = report_folder(out, report.run);
  const auto detail = options.verbosity > 0 ? reports::Detail::everything : reports::Detail::troubles;
  console.out << reports::summary(report, tr, console.style, detail);

  auto for_students = grading::for_students(report, report.run.started);
  const auto written = reports::write_reports({report, for_students}, tr, wanted, folder);
  if (!written) return std::max(report.run.exit_code, print_error(written.error(), tr));
  if (out.empty())
    if (const auto linked = reports::point_latest(folder); !linked) print_error(linked.error(), tr);
  if (!options.quiet)
    for (const auto& path : *written) console.out << tr(msg("report: {path}", {{"path", path}})) << '\n';
  return report.run.exit_code;
}

}  // namespace mqtts::cli
