#include "reports/html/student.h"

#include <gtest/gtest.h>

#include "reports/html/ladder.h"
#include "tests/reports/golden.h"
#include "tests/reports/hostile_reports.h"
#include "tests/reports/html/pages.h"
#include "tests/reports/sample_reports.h"
#include "tests/support/words.h"

namespace mqtts::reports {
namespace {

using test::english;
using test::french;

std::string only_page(const Report& report, const Translator& tr = english) {
  const auto files = html(report, tr);
  EXPECT_EQ(files.size(), 1U);
  EXPECT_EQ(files.at(0).name, "report.html");
  return files.at(0).bytes;
}

Report only_target(Report report, std::size_t target) {
  report.targets = {report.targets.at(target)};
  report.summary.reset();
  return report;
}

std::string text_at(const std::string& page, const char* path) {
  pugi::xml_document document;
  EXPECT_TRUE(document.load_buffer(page.data(), page.size(), pugi::parse_default | pugi::parse_ws_pcdata));
  std::string text;
  for (const auto& found : document.select_nodes(path)) text += text_in(found.node()) + '\n';
  return text;
}

TEST(Html, is_as_approved) {
  expect_golden("lab-all-pass.0.report.html", without_style(only_page(samples::all_pass())));
  expect_golden("lab-troubled.4.report.html", without_style(only_page(samples::troubled())));
  expect_golden("lab-troubled.4.report.fr.html", without_style(only_page(samples::troubled(), french)));
}

TEST(Html, is_whole_and_in_order_for_every_sample) {
  std::vector<Report> reports = {samples::all_pass(), samples::troubled(), samples::unreachable()};
  for (std::size_t i = 0; i < 4; ++i) reports.push_back(only_target(samples::grading_run(), i));
  for (const auto& report : reports)
    for (const auto& tr : {english, french}) expect_whole(only_page(report, tr));
}

TEST(Html, is_whole_for_a_report_of_nothing_but_blanks) {
  expect_whole(only_page({.targets = {{}}}));
  expect_whole(only_page({.targets = {{.stages = {{}, {.checks = {{}, {.observed = Observation{}}}}}}}}));
}

TEST(Html, cannot_be_broken_by_any_text) {
  const auto page = html(samples::report_of(samples::every_danger()), english).at(0).bytes;
  expect_whole(page);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
}

TEST(Html, stays_small_whatever_a_broker_sends) {
  const auto page = html(samples::report_of(std::string(16 * 1024, 'x')), english).at(0).bytes;
  EXPECT_LT(page.size(), 1024U * 1024U);
  auto report = samples::troubled();
  auto& log = report.targets[0].stages[0].checks[1].observed->evidence[0].text;
  for (int i = 0; log.size() < 1024 * 1024; ++i) log += "line " + std::to_string(i) + '\n';
  const auto of_lines = only_page(report);
  EXPECT_LT(of_lines.size(), 64U * 1024U);
  EXPECT_NE(of_lines.find("earlier lines are left out here"), std::string::npos);
  expect_whole(of_lines);
}

TEST(Html, has_a_style_that_needs_no_escape_and_no_network) {
  const auto page = only_page(samples::all_pass());
  const auto from = page.find("<style>") + 7;
  const auto style = page.substr(from, page.find("</style>") - from);
  EXPECT_GT(style.size(), 1000U);
  for (const auto* part : {"<", ">", "&", "url(", "@import"}) EXPECT_EQ(style.find(part), std::string::npos) << part;
}

TEST(Html, names_a_file_for_each_of_several_targets_and_no_two_alike) {
  auto report = samples::all_pass();
  for (const auto* name : {"a/b", "a b", "../x"}) {
    report.targets.push_back(report.targets[0]);
    report.targets.back().name = name;
  }
  std::vector<std::string> names;
  for (const auto& file : html(report, english)) names.push_back(file.name);
  EXPECT_EQ(names, (std::vector<std::string>{"embedded.html", "a-b.html", "a-b-2.html", "..-x.html"}));
}

TEST(Html, tells_a_failure_with_expected_seen_why_hint_and_the_log_open) {
  const auto page = only_page(samples::troubled());
  const auto failed = text_at(page, "//details[@class='fail' and @open]");
  for (const auto* part :
       {"fail", "A client without a name is refused", "0 of 2 points", "refused by the broker at MQTT: not_authorized",
        "accepted", "A client that should be refused was let in", "Write allow_anonymous false", "as a<b>&\"c\""})
    EXPECT_NE(failed.find(part), std::string::npos) << part << '\n' << failed;
}

TEST(Html, folds_a_pass_away) {
  const auto page = only_page(samples::all_pass());
  EXPECT_EQ(text_at(page, "//details[@class='pass' and @open]"), "");
  EXPECT_NE(text_at(page, "//details[@class='pass']").find("mosquitto_pub -h 127.0.0.1"), std::string::npos);
}

TEST(Html, says_why_a_pass_earned_nothing) {
  EXPECT_NE(only_page(only_target(samples::grading_run(), 2)).find("tls-accepted, which it needs, did not pass"),
            std::string::npos);
}

TEST(Html, shows_the_mark_the_bonus_and_what_being_late_has_cost) {
  auto report = only_target(samples::grading_run(), 0);
  report.targets[0].late_percent = 20;
  report.targets[0].penalty = 1.1;
  const auto mark = text_at(only_page(report, french), "//div[@class='mark']");
  EXPECT_NE(mark.find("5,5 sur 10,5"), std::string::npos) << mark;
  EXPECT_NE(mark.find("Dont 1 de"), std::string::npos) << mark;
  EXPECT_NE(mark.find("20\u00a0%"), std::string::npos) << mark;
}

TEST(Html, never_shows_not_graded_as_0) {
  const auto page = only_page(only_target(samples::grading_run(), 3));
  EXPECT_NE(text_at(page, "//div[@class='mark none']").find("This is not a mark of 0."), std::string::npos);
  EXPECT_EQ(text_at(page, "//div[@class='mark']"), "");
}

TEST(Html, counts_hidden_checks) {
  EXPECT_NE(only_page(only_target(samples::grading_run(), 1)).find("One more check counts."), std::string::npos);
}

TEST(Html, gives_the_commands_that_put_the_broker_back) {
  const auto alert = text_at(only_page(samples::troubled()), "//section[@class='alert']");
  EXPECT_NE(alert.find("sudo systemctl restart mosquitto"), std::string::npos) << alert;
}

TEST(Ladder, leads_to_the_first_failure_before_anything_that_could_not_be_judged) {
  const auto troubled = samples::troubled().targets[0];
  EXPECT_EQ(next_step(troubled), (Step{0, 1}));
  EXPECT_EQ(stages_held(troubled), 0U);
  auto only_unjudged = troubled;
  only_unjudged.stages[0].checks[1].verdict = Verdict::pass;
  EXPECT_EQ(next_step(only_unjudged), (Step{0, 0}));
  const auto passed = samples::all_pass().targets[0];
  EXPECT_EQ(next_step(passed), std::nullopt);
  EXPECT_EQ(stages_held(passed), 2U);
}

TEST(Ladder, shows_one_next_step_or_that_nothing_is_left) {
  EXPECT_NE(text_at(only_page(samples::troubled()), "//section[@class='next']").find("allow_anonymous false"),
            std::string::npos);
  EXPECT_NE(text_at(only_page(samples::all_pass()), "//section[@class='next done']").find("Nothing is left to do"),
            std::string::npos);
  auto withheld = samples::troubled();
  for (auto& check : withheld.targets[0].stages[0].checks) {
    check.hint = {};
    check.message = {};
    check.observed.reset();
  }
  EXPECT_NE(text_at(only_page(withheld), "//section[@class='next']").find("A client without a name"),
            std::string::npos);
}

}  // namespace
}  // namespace mqtts::reports
