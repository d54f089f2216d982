#include "reports/diff.h"

#include <gtest/gtest.h>

#include "tests/reports/golden.h"
#include "tests/reports/sample_reports.h"
#include "tests/support/words.h"

namespace mqtts::reports {
namespace {

using test::english;

CheckChange change_of_first(std::optional<Verdict> before, std::optional<Verdict> after, bool same_plan = true) {
  const auto report = [](std::optional<Verdict> verdict) {
    auto all = samples::all_pass();
    all.targets[0].stages.resize(1);
    auto& checks = all.targets[0].stages[0].checks;
    if (verdict)
      checks[0].verdict = *verdict;
    else
      checks.clear();
    return all;
  };
  auto then = report(before);
  if (!same_plan) then.run.plan_sha256 = "00";
  const auto changes = compare(then, report(after)).targets.at(0).checks;
  EXPECT_EQ(changes.size(), 1U);
  return changes.empty() ? CheckChange{} : changes[0];
}

TEST(Compare, takes_every_way_out_of_a_pass_for_broken) {
  for (const auto after : {Verdict::fail, Verdict::error, Verdict::skip})
    EXPECT_EQ(change_of_first(Verdict::pass, after).change, Change::broke);
  for (const auto before : {Verdict::fail, Verdict::error, Verdict::skip})
    EXPECT_EQ(change_of_first(before, Verdict::pass).change, Change::improved);
  EXPECT_EQ(change_of_first(Verdict::error, Verdict::fail).change, Change::other);
  EXPECT_EQ(change_of_first(std::nullopt, Verdict::pass).change, Change::other);
  EXPECT_EQ(change_of_first(std::nullopt, Verdict::fail).change, Change::other);
}

TEST(Compare, takes_a_pass_that_is_gone_for_broken_unless_another_plan_took_it_away) {
  EXPECT_EQ(change_of_first(Verdict::pass, std::nullopt).change, Change::broke);
  EXPECT_EQ(change_of_first(Verdict::fail, std::nullopt).change, Change::other);
  EXPECT_EQ(change_of_first(Verdict::pass, std::nullopt, false).change, Change::other);
}

TEST(Compare, takes_a_target_that_was_not_judged_any_more_for_broken_whatever_the_plan) {
  auto after = samples::unreachable();
  for (const auto* digest : {reports::samples::lab_digest, "00"}) {
    after.run.plan_sha256 = digest;
    const auto comparison = compare(samples::all_pass(), after);
    EXPECT_EQ(count(comparison, Change::broke), 3U);
    EXPECT_FALSE(comparison.targets[0].score_after) << "no score, which is not 0";
  }
}

TEST(Compare, finds_nothing_between_a_report_and_itself) {
  const auto comparison = compare(samples::grading_run(), samples::grading_run());
  EXPECT_TRUE(comparison.same_plan);
  for (const auto& target : comparison.targets) EXPECT_FALSE(target.has_changed()) << target.name;
}

TEST(Compare, pairs_single_targets_whatever_their_names) {
  auto after = samples::all_pass();
  after.targets[0].name = "container";
  EXPECT_EQ(compare(samples::all_pass(), after).targets.size(), 1U);
}

// s01 breaks, s02 is graded, s03 is removed, s05 is added, s04 stays ungraded.
Report later_class() {
  auto report = samples::grading_run();
  auto& targets = report.targets;
  targets[0].stages[1].checks[0].verdict = Verdict::fail;
  targets[0].score = 3.5;
  targets[1].stages[0].checks[1].verdict = Verdict::pass;
  targets[1].stages[0].checks[0].verdict = Verdict::fail;
  targets[1].stages[1].checks.pop_back();
  targets[1].score = 2;
  targets[2].name = "s05";
  targets[2].student->name = "Rosalind \x1b[2J Franklin";
  return report;
}

TEST(Diff, is_as_approved) {
  const auto comparison = compare(samples::grading_run(), later_class());
  expect_golden("lab-class-later.1.diff.txt", diff_text(comparison, english, {.unicode = true}));
  expect_golden("lab-class-later.1.diff.color.txt", diff_text(comparison, english, {.color = true, .unicode = true}));
  expect_golden("lab-class-later.1.diff.fr.txt", diff_text(comparison, Translator(Lang::fr), {}));
  expect_golden("lab-class-later.1.diff.json", diff_json(comparison).dump(2) + '\n');
}

TEST(Diff, of_nothing_says_so) {
  EXPECT_EQ(diff_text(compare(samples::all_pass(), samples::all_pass()), english, {}),
            "as it was: 1\nno verdict has changed\n");
}

}  // namespace
}  // namespace mqtts::reports
