#include "reports/console_class.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reports/sample_reports.h"

namespace mqtts::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string summary_text(const Report& report, Lang lang = Lang::en) {
  return class_summary(report, Translator(lang), {.width = 100});
}

TEST(ClassSummary, tells_marks_causes_copies_and_who_has_none) {
  const auto text = summary_text(samples::grading_run());
  EXPECT_THAT(text, HasSubstr("3 of 4 have a mark - mean 3.3 of 10.5"));
  EXPECT_THAT(text, HasSubstr("1  valid-password-accepted: nothing answers"));
  EXPECT_THAT(text, HasSubstr("the same SSH host key: s01, s02, s03"));
  EXPECT_THAT(text, HasSubstr("Without a mark, which is not a mark of 0\n  1  nothing answers on 192.0.2.7: s04"));
}

TEST(ClassSummary, tells_one_reason_once_for_all_who_have_it) {
  auto report = samples::grading_run();
  auto another = report.targets[3];
  another.name = "s05";
  report.targets.push_back(another);
  EXPECT_THAT(summary_text(report), HasSubstr("  2  nothing answers on 192.0.2.7: s04, s05\n"));
}

TEST(ClassSummary, is_told_in_french) {
  EXPECT_THAT(summary_text(samples::grading_run(), Lang::fr), HasSubstr("3 sur 4 ont une note - moyenne 3,3 sur 10,5"));
}

TEST(ClassSummary, lets_no_escape_of_others_through) {
  auto report = samples::grading_run();
  report.targets[3].not_graded = msg("no way in: {why}", {{"why", "\x1b[2J\r\n\xff"}});
  report.summary->causes[0].what = report.targets[3].not_graded;
  EXPECT_THAT(summary_text(report), Not(HasSubstr("\x1b")));
}

TEST(ClassSummary, of_nobody_does_no_harm) { EXPECT_THAT(summary_text({}), HasSubstr("0 of 0")); }

}  // namespace
}  // namespace mqtts::reports
