#include "reports/ctrf.h"

#include <cmath>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "harness/util/utc.h"
#include "reports/cases.h"
#include "reports/junit_text.h"
#include "reports/numbers.h"
#include "reports/plain_text.h"

namespace mqtts::reports {
namespace {

using Json = nlohmann::ordered_json;

std::int64_t milliseconds(double seconds) { return std::llround(1000 * to_milliseconds(seconds)); }

const char* status(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return "passed";
    case Verdict::fail:
    case Verdict::error: return "failed";
    case Verdict::skip: return "skipped";
  }
  return "other";
}

Json ctrf_test(const Case& told, const Suite& suite, const TargetResult& target) {
  Json test = {{"name", told.id.empty() ? "unnamed" : plain_line(told.id)},
               {"status", status(told.verdict)},
               {"duration", milliseconds(told.seconds)},
               {"suite", {plain_line(target.name), plain_line(suite.id)}}};
  if (told.verdict != Verdict::pass) {
    test["message"] = plain_line(told.message);
    test["trace"] = plain_block(told.body);
  }
  test["rawStatus"] = to_string(told.verdict);
  test["type"] = "security";
  if (told.check == nullptr) return test;
  for (const auto& tag : told.check->tags) test["tags"].push_back(plain_line(tag));
  test["extra"] = {{"points", told.check->points}, {"max_points", told.check->max_points}};
  return test;
}

// Splits "mqtts-harness 0.1.0" into name and version.
Json tool_of(const std::string& tool) {
  const auto space = tool.find(' ');
  Json json = {{"name", tool.empty() ? "mqtts-harness" : plain_line(tool.substr(0, space))}};
  if (space != std::string::npos) json["version"] = plain_line(tool.substr(space + 1));
  return json;
}

}  // namespace

std::vector<File> ctrf(const Report& report, const Translator& tr) {
  std::size_t suites = 0;
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  auto tests = Json::array();
  auto targets = Json::array();
  for (const auto& target : report.targets) {
    const auto all = suites_of(target, tr);
    suites += all.size();
    passed += count(all, Verdict::pass);
    failed += count(all, Verdict::fail) + count(all, Verdict::error);
    skipped += count(all, Verdict::skip);
    for (const auto& suite : all)
      for (const auto& told : suite.cases) tests.push_back(ctrf_test(told, suite, target));
    Json about = {{"name", plain_line(target.name)}, {"max_score", target.max_score}};
    if (has_score(target)) about["score"] = target.score;
    if (target.broker) about["broker"] = plain_line(*target.broker);
    targets.push_back(std::move(about));
  }
  const auto& run = report.run;
  const auto start = 1000 * seconds_of_utc(run.started).value_or(0);
  const Json summary = {{"tests", tests.size()}, {"passed", passed}, {"failed", failed},
                        {"skipped", skipped},    {"pending", 0},     {"other", 0},
                        {"suites", suites},      {"start", start},   {"stop", start + milliseconds(run.seconds)}};
  const Json results = {{"tool", tool_of(run.tool)},
                        {"summary", summary},
                        {"tests", tests},
                        {"environment", {{"reportName", plain_line(run.plan)}}},
                        {"extra", {{"plan_sha256", plain_line(run.plan_sha256)}, {"targets", targets}}}};
  const Json document = {{"reportFormat", "CTRF"},
                         {"specVersion", "0.0.0"},
                         {"timestamp", junit_timestamp(run.started, "") + 'Z'},
                         {"generatedBy", "mqtts-harness"},
                         {"results", results}};
  return {{"ctrf-report.json", document.dump(2) + '\n'}};
}

}  // namespace mqtts::reports
