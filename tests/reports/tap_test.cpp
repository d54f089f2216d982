#include "reports/tap.h"

#include <gtest/gtest.h>

#include "tests/reports/readers.h"
#include "tests/reports/sample_reports.h"
#include "tests/support/words.h"

namespace mqtts::reports {
namespace {

using test::english;

std::string tap_of(const Report& report) { return tap(report, english).at(0).bytes; }

TEST(Tap, skips_say_why_and_an_error_is_not_ok) {
  const auto text = tap_of(samples::troubled());
  EXPECT_TRUE(text.starts_with("TAP version 13\n1..6\nnot ok 1 - password/valid-password-accepted\n  ---\n"));
  EXPECT_NE(text.find("ok 3 - password/wrong-password-rejected # SKIP not tried: stopped by a signal\n"),
            std::string::npos);
  EXPECT_NE(text.find("not ok 6 - harness/broker-restored\n"), std::string::npos);
}

TEST(Tap, names_the_target_where_there_are_several) {
  EXPECT_NE(tap_of(samples::grading_run()).find("ok 1 - s01: open/open-listener-accepts\n"), std::string::npos);
}

// Uses Perl's TAP reader.
class Prove : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::string(MQTTS_PROVE).empty()) GTEST_SKIP() << "there is no prove on this machine";
  }
  static Read prove(const Report& report) {
    return read_with(MQTTS_PROVE " --exec cat --verbose {} 2>&1", tap_of(report));
  }
};

TEST_F(Prove, passes_what_passed) {
  const auto read = prove(samples::all_pass());
  EXPECT_EQ(read.code, 0) << read.out;
  EXPECT_NE(read.out.find("Files=1, Tests=3"), std::string::npos) << read.out;
}

TEST_F(Prove, fails_what_failed_and_counts_as_we_do) {
  const auto read = prove(samples::troubled());
  EXPECT_EQ(read.code, 1) << read.out;
  EXPECT_NE(read.out.find("Failed tests:  1-2, 4-6"), std::string::npos) << read.out;
  EXPECT_EQ(read.out.find("Parse errors"), std::string::npos) << read.out;
}

TEST_F(Prove, is_not_misled_by_a_hostile_name) {
  auto report = samples::troubled();
  report.targets.push_back(samples::all_pass().targets[0]);
  report.targets[0].name = "x # TODO later\nok 1 - all well\n1..0 # SKIP \x1b[2J";
  auto& check = report.targets[0].stages[0].checks[1];
  check.id = "id\\# TODO # SKIP";
  check.message = msg("...\n  ...\nok 2\nBail out!");
  const auto read = prove(report);
  EXPECT_EQ(read.code, 1) << read.out;
  EXPECT_NE(read.out.find("Failed tests:  1-2, 4-6"), std::string::npos) << read.out;
  EXPECT_EQ(read.out.find("Parse errors"), std::string::npos) << read.out;
}

}  // namespace
}  // namespace mqtts::reports
