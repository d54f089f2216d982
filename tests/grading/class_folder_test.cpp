#include "harness/grading/class_folder.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "reports/files.h"
#include "reports/results_json.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/words.h"

namespace mqtts::grading {
namespace {

using test::english;

const RunInfo run{.id = "r1", .tool = "t", .plan = "p", .plan_sha256 = "00", .seed = "s"};
const Student ada{.id = "ada", .target = "mqtts://192.0.2.1"};

class ClassFolder : public ::testing::Test {
 protected:
  void put(const RunInfo& of_run, const Student& student, const std::string& tail = "") const {
    const Report report{.run = of_run, .targets = {{.name = student.id, .score = 7, .student = student}}};
    ASSERT_TRUE(
        reports::write_whole(folder / student.id / "results.json", reports::results_text(report, english) + tail));
  }

  const test::TemporaryFolder place;
  const std::filesystem::path folder = place.path();
};

TEST_F(ClassFolder, that_is_empty_holds_no_run) {
  const auto found = run_in(folder);
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
}

TEST_F(ClassFolder, tells_the_run_that_was_begun) {
  ASSERT_TRUE(begin_run_in(folder, run, english));
  const auto found = run_in(folder);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ(**found, run);
}

TEST_F(ClassFolder, with_other_bytes_is_an_error_and_not_an_empty_one) {
  ASSERT_TRUE(reports::write_whole(folder / "results.json", "{"));
  EXPECT_FALSE(run_in(folder));
}

TEST_F(ClassFolder, gives_a_result_of_the_same_run_and_row) {
  put(run, ada);
  const auto result = result_in(folder, ada, run);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->score, 7);
}

TEST_F(ClassFolder, gives_none_that_is_missing_broken_of_another_run_or_row) {
  EXPECT_FALSE(result_in(folder, ada, run));
  put(run, ada, "x");
  EXPECT_FALSE(result_in(folder, ada, run));
  auto other_run = run;
  other_run.id = "r2";
  put(other_run, ada);
  EXPECT_FALSE(result_in(folder, ada, run));
  put(run, ada);
  auto moved = ada;
  moved.target = "mqtts://192.0.2.2";
  EXPECT_FALSE(result_in(folder, moved, run));
}

}  // namespace
}  // namespace mqtts::grading
