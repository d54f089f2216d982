#include "reports/gradescope.h"

#include <set>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/cases.h"
#include "reports/describe.h"
#include "reports/junit_text.h"
#include "reports/numbers.h"
#include "reports/plain_text.h"

namespace mqtts::reports {
namespace {

using Json = nlohmann::ordered_json;

const char* visibility(Visibility visibility) {
  switch (visibility) {
    case Visibility::visible: return "visible";
    case Visibility::after_due: return "after_due_date";
    case Visibility::hidden: return "hidden";
  }
  return "hidden";
}

std::string output(const CheckResult& check, const Translator& tr) {
  const bool passed = check.verdict == Verdict::pass;
  auto withheld = check.withheld.empty() ? std::string() : '\n' + plain_line(tr(check.withheld));
  if (passed || check.detail == FailureDetail::full) return plain_block(junit_body(check, tr)) + withheld;
  if (check.detail == FailureDetail::actual && check.observed)
    return tr(
        msg("{label}: {text}", {{"label", tr(msg("seen"))}, {"text", plain_line(tr(describe(*check.observed)))}}));
  return {};
}

Json gradescope_test(const CheckResult& check, const StageResult& stage, bool graded, const Translator& tr) {
  const auto& title = tr(check.title);
  Json test = {{"name", plain_line(fmt::format("{}: {}", stage.id, title.empty() ? check.id : title))}};
  // Without a total no partial scores: Gradescope adds them up.
  if (graded) {
    test["score"] = check.points;
    test["max_score"] = check.bonus ? 0 : check.max_points;
  }
  test["status"] = check.verdict == Verdict::pass ? "passed" : "failed";
  auto text = output(check, tr);
  if (check.verdict == Verdict::error || check.verdict == Verdict::skip)
    text = tr(describe(check.verdict)) + (text.empty() ? "" : "\n" + text);
  test["output"] = std::move(text);
  test["output_format"] = "text";
  test["visibility"] = visibility(check.visibility);
  return test;
}

std::string about(const TargetResult& target, const Translator& tr) {
  if (!has_score(target)) return tr(msg("not graded: {why}", {{"why", tr(why_no_score(target))}}));
  auto text = tr(msg("score {score} of {max}",
                     {{"score", shortest(target.score, tr.lang())}, {"max", shortest(target.max_score, tr.lang())}}));
  if (target.penalty > 0) text += "; " + tr(msg("late: -{points}", {{"points", shortest(target.penalty, tr.lang())}}));
  return text;
}

std::string results_text(const TargetResult& target, const RunInfo& run, const Translator& tr) {
  const bool graded = has_score(target);
  Json document = Json::object();
  if (graded) document["score"] = target.score;
  document["execution_time"] = to_milliseconds(run.seconds);
  document["output"] = plain_line(about(target, tr));
  document["output_format"] = "text";
  document["stdout_visibility"] = "hidden";
  document["tests"] = Json::array();
  for (const auto& stage : target.stages)
    for (const auto& check : stage.checks) document["tests"].push_back(gradescope_test(check, stage, graded, tr));
  return document.dump(2) + '\n';
}

}  // namespace

std::vector<File> gradescope(const Report& report, const Translator& tr) {
  std::vector<File> files;
  std::set<std::string> names;
  for (const auto& target : report.targets) {
    auto name =
        report.targets.size() == 1 ? "gradescope.json" : fmt::format("gradescope.{}.json", junit_word(target.name));
    for (int i = 2; !names.insert(name).second; ++i)
      name = fmt::format("gradescope.{}-{}.json", junit_word(target.name), i);
    files.push_back({std::move(name), results_text(target, report.run, tr)});
  }
  return files;
}

}  // namespace mqtts::reports
