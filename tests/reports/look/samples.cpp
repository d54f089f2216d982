// Writes sample pages of both HTML reports, for look.sh: PLAN.json FOLDER
#include <chrono>
#include <filesystem>
#include <iostream>

#include "harness/plan/load.h"
#include "harness/probes/probes.h"
#include "reports/html/class.h"
#include "reports/html/student.h"
#include "tests/reports/class_sample.h"
#include "tests/reports/sample_reports.h"

namespace {

using namespace mqtts;
using reports::Translator;
namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& bytes) {
  if (const auto done = reports::write_whole(path, bytes); !done)
    throw std::runtime_error(to_english(done.error().what));
}

void write_pages(const Report& report, const std::string& name, const Translator& tr, const fs::path& folder) {
  for (auto target : report.targets) {
    const Report one{report.run, {target}, {}};
    write(folder / (name + "-" + target.name) / "report.html", reports::html(one, tr)[0].bytes);
  }
}

// One student for each state with a distinct appearance.
Report notable(const Plan& plan) {
  auto report = reports::samples::class_of(plan, 16);
  auto& targets = report.targets;
  targets[2].stages[3].hidden_checks = 2;
  auto& open = targets[2].stages[0].checks[0];
  open.points = 0;
  open.withheld = msg("{check}, which it needs, did not pass", {{"check", "anonymous-rejected"}});
  targets[1].stages[0].checks[0].observed->superseded_by = "password";
  targets[1].stages[3].checks[3].bonus = true;
  report.targets = {targets[1], targets[2], targets[7], targets[12], targets[15]};
  return report;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const auto loaded = plan::load_plan(arguments[1], {}, probes::kinds());
  if (!loaded.plan) return 2;
  for (const auto lang : {Lang::en, Lang::fr}) {
    const Translator tr(lang);
    const auto folder = fs::path(arguments[2]) / (lang == Lang::en ? "en" : "fr");
    write_pages(notable(*loaded.plan), "student", tr, folder);
    write_pages(reports::samples::troubled(), "troubled", tr, folder);
    auto grading_run = reports::samples::class_of(*loaded.plan, 60);
    for (auto& target : grading_run.targets) target.page = target.name + "/report.html";
    write(folder / "class.html", reports::html_class(grading_run, tr)[0].bytes);
    write(folder / "hostile.html", reports::html_class(reports::samples::grading_run(), tr)[0].bytes);
  }
  auto wide = *loaded.plan;  // a plan of 52 checks
  for (int i = 2; i <= 4; ++i) {
    for (auto stage : loaded.plan->stages) {
      stage.id += std::to_string(i);
      wide.stages.push_back(stage);
    }
  }
  const auto big = reports::samples::class_of(wide, 300);
  const auto begin = std::chrono::steady_clock::now();
  const auto page = reports::html_class(big, Translator(Lang::en))[0].bytes;
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
  write(fs::path(arguments[2]) / "en" / "big.html", page);
  std::cout << "300 students, 52 checks: " << page.size() / 1024 << " KiB, " << taken.count() << " ms\n";
}
