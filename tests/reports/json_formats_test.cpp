// CTRF, SARIF and Gradescope: their content. For their validity see npm_readers.sh.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reports/ctrf.h"
#include "reports/gradescope.h"
#include "reports/sarif.h"
#include "tests/reports/readers.h"
#include "tests/reports/sample_reports.h"
#include "tests/support/words.h"

namespace mqtts::reports {
namespace {

using nlohmann::json;
using test::english;
json only(const std::vector<File>& files) { return json::parse(files.at(0).bytes); }

json named(const json& list, const std::string& name) {
  for (const auto& one : list)
    if (one["name"] == name) return one;
  return {};
}

Report hostile() {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  auto report = samples::troubled();
  report.run.plan = report.run.tool = report.run.plan_file = report.targets[0].name = all;
  auto& check = report.targets[0].stages[0].checks[1];
  check.id = check.message.text = check.hint.en = check.title.en = check.observed->evidence[0].text = all;
  check.tags = {all, all, "security"};
  return report;
}

TEST(JsonFormats, are_read_by_python_whatever_a_broker_says) {
  if (std::string(MQTTS_PYTHON).empty()) GTEST_SKIP() << "there is no Python on this machine";
  for (const auto render : {ctrf, sarif, gradescope})
    EXPECT_EQ(read_with(MQTTS_PYTHON " -m json.tool {} /dev/null", render(hostile(), english).at(0).bytes).code, 0);
}

TEST(Ctrf, counts_what_was_not_judged_as_failed_and_says_so) {
  const auto results = only(ctrf(samples::troubled(), english))["results"];
  const auto& summary = results["summary"];
  EXPECT_EQ(summary["tests"], 6);
  EXPECT_EQ(summary["passed"], 0);
  EXPECT_EQ(summary["failed"], 5);
  EXPECT_EQ(summary["skipped"], 1);
  EXPECT_EQ(summary["start"], 1795360643000);
  EXPECT_EQ(summary["stop"], 1795360646100);
  const auto test = named(results["tests"], "valid-password-accepted");
  EXPECT_EQ(test["status"], "failed");
  EXPECT_EQ(test["rawStatus"], "error");
  EXPECT_EQ(test["suite"], (json{"student 07", "password"}));
  EXPECT_EQ(named(results["tests"], "broker-restored")["rawStatus"], "error");
}

TEST(Ctrf, tells_a_score_only_where_there_is_one) {
  const auto targets = only(ctrf(samples::grading_run(), english))["results"]["extra"]["targets"];
  EXPECT_EQ(targets[0]["score"], 5.5);
  EXPECT_FALSE(targets[3].contains("score"));
}

TEST(Sarif, has_a_rule_a_check_and_a_result_a_fail_or_error) {
  auto report = samples::troubled();
  report.run.plan_file = "scenarios/my lab.json";
  const auto run = only(sarif(report, english))["runs"][0];
  const auto& rules = run["tool"]["driver"]["rules"];
  const auto& results = run["results"];
  EXPECT_EQ(rules.size(), 6U);
  ASSERT_EQ(results.size(), 5U) << "neither passes nor skips";
  for (const auto& result : results) {
    EXPECT_EQ(rules[result["ruleIndex"].get<std::size_t>()]["id"], result["ruleId"]);
    EXPECT_EQ(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "scenarios/my%20lab.json");
  }
  EXPECT_EQ(results[1]["ruleId"], "anonymous-rejected");
  EXPECT_EQ(results[1]["level"], "error");
  EXPECT_EQ(results[0]["level"], "warning");
  EXPECT_EQ(rules[1]["help"]["text"], "Write allow_anonymous false in mosquitto.conf.");
}

TEST(Sarif, tells_results_of_several_targets_apart_and_knows_them_again) {
  auto report = samples::troubled();
  report.targets.push_back(report.targets[0]);
  report.targets[1].name = "student 08";
  const auto first = only(sarif(report, english))["runs"][0]["results"];
  const auto second = only(sarif(report, Translator(Lang::fr)))["runs"][0]["results"];
  std::set<std::string> prints;
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i]["partialFingerprints"], second[i]["partialFingerprints"]);
    prints.insert(first[i]["partialFingerprints"].dump());
  }
  EXPECT_EQ(prints.size(), first.size());
}

TEST(Gradescope, leaves_hiding_to_gradescope_and_shows_no_more_of_a_failure_than_the_plan_lets) {
  auto report = samples::troubled();
  report.targets[0].message = {};
  report.targets[0].restored = std::nullopt;
  auto& checks = report.targets[0].stages[0].checks;
  checks[1].visibility = Visibility::after_due;
  checks[1].detail = FailureDetail::actual;
  checks[2].visibility = Visibility::hidden;
  checks[0].detail = FailureDetail::none;
  const auto tests = only(gradescope(report, english))["tests"];
  EXPECT_EQ(tests[1]["visibility"], "after_due_date");
  EXPECT_EQ(tests[1]["output"], "seen: accepted");
  EXPECT_EQ(tests[1]["status"], "failed");
  EXPECT_EQ(tests[2]["visibility"], "hidden");
  EXPECT_EQ(tests[0]["visibility"], "visible");
  EXPECT_EQ(tests[0]["output"], "error");
}

TEST(Gradescope, gives_the_score_with_its_penalty_and_bonus_on_top) {
  const auto files = gradescope(samples::grading_run(), english);
  ASSERT_EQ(files.size(), 4U);
  EXPECT_EQ(files[0].name, "gradescope.s01.json");
  const auto first = json::parse(files[0].bytes);
  EXPECT_EQ(first["score"], 5.5);
  EXPECT_EQ(first["tests"][0]["max_score"], 0);
  EXPECT_EQ(first["tests"][0]["score"], 1);
  const auto third = json::parse(files[2].bytes);
  EXPECT_EQ(third["score"], 4.5);
  EXPECT_EQ(third["output"], "score 4.5 of 10.5; late: -1");
  EXPECT_NE(third["tests"][2]["output"].get<std::string>().find("tls-accepted, which it needs, did not pass"),
            std::string::npos);
}

TEST(Gradescope, gives_no_score_at_all_where_there_is_no_mark) {
  const auto last = json::parse(gradescope(samples::grading_run(), english).at(3).bytes);
  EXPECT_FALSE(last.contains("score"));
  auto unjudged = samples::troubled();
  unjudged.targets[0].not_graded = msg("nothing was judged");
  const auto file = only(gradescope(unjudged, english));
  for (const auto& test : file["tests"]) EXPECT_FALSE(test.contains("score"));
}

TEST(Gradescope, file_of_a_single_target_has_a_plain_name) {
  EXPECT_EQ(gradescope(samples::all_pass(), english).at(0).name, "gradescope.json");
}

}  // namespace
}  // namespace mqtts::reports
