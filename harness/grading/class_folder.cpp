#include "harness/grading/class_folder.h"

#include <fstream>

#include "harness/util/read_file.h"
#include "reports/files.h"
#include "reports/results_json.h"

namespace mqtts::grading {
namespace {

constexpr auto* results_name = "results.json";

}  // namespace

Result<std::optional<RunInfo>> run_in(const std::filesystem::path& folder) {
  std::ifstream in(folder / results_name, std::ios::binary);
  if (!in) return std::nullopt;
  auto run = reports::read_run(in);
  if (!run) return tl::make_unexpected(run.error());
  return *std::move(run);
}

Result<void> begin_run_in(const std::filesystem::path& folder, const RunInfo& run, const reports::Translator& tr) {
  return reports::write_whole(folder / results_name,
                              reports::results_text({.run = run, .summary = ClassSummary{}}, tr));
}

std::optional<TargetResult> result_in(const std::filesystem::path& folder, const Student& student, const RunInfo& run) {
  const auto text = read_file(folder / student.id / results_name);
  if (!text) return std::nullopt;
  auto report = reports::read_results(*text);
  if (!report || report->run.id != run.id || report->targets.size() != 1) return std::nullopt;
  auto& target = report->targets.front();
  if (target.student != student) return std::nullopt;
  return std::move(target);
}

}  // namespace mqtts::grading
