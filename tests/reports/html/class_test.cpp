#include "reports/html/class.h"

#include <gtest/gtest.h>

#include "tests/reports/golden.h"
#include "tests/reports/hostile_reports.h"
#include "tests/reports/html/pages.h"
#include "tests/reports/sample_reports.h"
#include "tests/support/words.h"

namespace mqtts::reports {
namespace {

using test::english;
using test::french;

std::string page_of(const Report& report, const Translator& tr = english) {
  const auto files = html_class(report, tr);
  EXPECT_EQ(files.size(), 1U);
  EXPECT_EQ(files.at(0).name, "class.html");
  return files.at(0).bytes;
}

class Told {
 public:
  explicit Told(const std::string& page) { EXPECT_TRUE(document_.load_buffer(page.data(), page.size())); }

  std::vector<std::string> operator()(const char* path) const {
    std::vector<std::string> texts;
    for (const auto& found : document_.select_nodes(path)) texts.push_back(text_in(found.node()));
    return texts;
  }

 private:
  pugi::xml_document document_;
};

using Texts = std::vector<std::string>;

TEST(HtmlClass, is_as_approved) {
  auto report = samples::grading_run();
  for (auto& target : report.targets) target.page = target.name + "/report.html";
  expect_golden("lab-class.3.class.html", without_style(page_of(report)));
  expect_golden("lab-class.3.class.fr.html", without_style(page_of(report, french)));
}

TEST(HtmlClass, is_whole_and_in_order_for_every_sample) {
  for (const auto& report :
       {samples::grading_run(), samples::all_pass(), samples::troubled(), samples::unreachable(), Report{}})
    for (const auto& tr : {english, french}) expect_whole(page_of(report, tr));
}

TEST(HtmlClass, cannot_be_broken_by_any_text) {
  const auto page = page_of(samples::report_of(samples::every_danger()));
  expect_whole(page);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
}

TEST(HtmlClass, stays_small_whatever_a_broker_sends) {
  EXPECT_LT(page_of(samples::report_of(std::string(16 * 1024, 'x'))).size(), 256U * 1024U);
}

TEST(HtmlClass, maps_every_graded_student_by_every_check_the_lowest_mark_first) {
  const Told told(page_of(samples::grading_run()));
  EXPECT_EQ(told("//table[@class='map']/tbody/tr/th"),
            (Texts{"Blaise Pascal", "<script>alert(1)</script> \uFFFD[31m", "Ada Lovelace"}));
  EXPECT_EQ(told("//table[@class='map']/tbody/tr/td[@class='score']"), (Texts{"0", "4.5", "5.5"}));
  EXPECT_EQ(told("//table[@class='map']/tbody/tr[3]/td"), (Texts{"5.5", "pass", "pass", "pass", "", "", "", "", ""}))
      << "checks that only others were asked stay blank";
  EXPECT_EQ(told("//table[@class='map']//tr[@class='ids']/th/b").size(), 8U);
  EXPECT_EQ(told("//details[@class='key']//li").size(), 8U);
}

TEST(HtmlClass, tells_how_much_of_the_class_passes_each_check) {
  auto report = samples::grading_run();
  report.targets.erase(report.targets.begin() + 1);
  report.targets[0].stages[0].checks[0].verdict = Verdict::fail;
  const Told told(page_of(report));
  EXPECT_EQ(told("//tr[@class='shares']/td"), (Texts{"50", "100", "100"}));
}

TEST(HtmlClass, keeps_those_without_a_mark_apart_from_all_numbers) {
  const Told told(page_of(samples::grading_run()));
  EXPECT_EQ(told("//dl[@class='tiles']//dd"), (Texts{"3 of 4", "1 of 4", "3.3 of 10.5", "4.5 of 10.5", "2.3 to 5"}));
  EXPECT_EQ(told("//section[@class='not-graded']//tbody/tr/td[2]"), Texts{"Nothing answers on 192.0.2.7"});
  EXPECT_EQ(told("//section[@class='marks']//tr[@class='none']/td[2]"), Texts{"Not graded"});
}

TEST(HtmlClass, leads_to_the_pages_of_the_students_who_have_one) {
  auto report = samples::grading_run();
  report.targets[0].page = "s01/report.html";
  pugi::xml_document document;
  document.load_string(page_of(report).c_str());
  Texts links;
  for (const auto& found : document.select_nodes("//section[@class='marks']//a/@href"))
    links.emplace_back(found.attribute().value());
  EXPECT_EQ(links, Texts{"s01/report.html"});
}

TEST(HtmlClass, clusters_causes_with_their_checks_and_students) {
  auto report = samples::grading_run();
  report.summary->causes[0].observed = Observation{.outcome = Outcome::timeout, .by = By::network};
  const Told told(page_of(report));
  const auto cause = told("//ol[@class='causes-list']/li").at(0);
  for (const auto* part : {"1 student", "Nothing answers:", "A client with the right password is let in",
                           "valid-password-accepted", "seen: no answer in time", "Blaise Pascal"})
    EXPECT_NE(cause.find(part), std::string::npos) << part << '\n' << cause;
}

TEST(HtmlClass, folds_rare_causes_away) {
  auto report = samples::grading_run();
  report.summary->causes.resize(20, report.summary->causes[0]);
  const Told told(page_of(report));
  EXPECT_EQ(told("//details[@class='rest']/summary"), Texts{"8 rarer causes"});
  EXPECT_EQ(told("//details[@class='rest']/ol[@start='13']/li").size(), 8U);
}

TEST(HtmlClass, tells_what_students_share_and_how_much_that_says) {
  auto report = samples::grading_run();
  report.summary->copies.push_back({FingerprintKind::certificate_serial, "01", {"s01", "s03"}});
  const Told told(page_of(report));
  EXPECT_EQ(told("//div[@class='copy']").size(), 2U) << "one finding for each set of students";
  EXPECT_EQ(told("//div[@class='copy'][1]/h3"), Texts{"3 students share:"});
  EXPECT_EQ(told("//div[@class='copy']//span"),
            (Texts{"evidence: weak by itself", "evidence: strong", "evidence: weak"}));
}

TEST(HtmlClass, tells_who_came_late_and_what_that_cost) {
  auto report = samples::grading_run();
  report.targets[1].penalty = 1.5;
  const Told told(page_of(report, french));
  EXPECT_EQ(told("//section[@class='late']//tbody/tr/td"),
            (Texts{"s02", "22 novembre 2026 à 12:00 UTC", "23 novembre 2026 à 09:00 UTC", "20", "1,5"}));
}

TEST(HtmlClass, has_a_histogram_that_counts_every_mark) {
  const Told told(page_of(samples::grading_run()));
  int students = 0;
  for (const auto& count : told("//table[@class='histogram']//td[@class='count']")) students += std::stoi(count);
  EXPECT_EQ(students, 3);
}

}  // namespace
}  // namespace mqtts::reports
