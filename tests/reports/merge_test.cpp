#include "reports/merge.h"

#include <gtest/gtest.h>

#include "tests/reports/sample_reports.h"

namespace mqtts::reports {
namespace {

Source shard(const char* name, std::vector<TargetResult> targets, const char* started = "2026-11-22T15:17:23Z") {
  auto report = samples::grading_run();
  report.targets = std::move(targets);
  report.run.started = started;
  report.run.id = name;
  return {name, std::move(report)};
}

std::vector<std::string> names(const Report& report) {
  std::vector<std::string> all;
  for (const auto& target : report.targets) all.push_back(target.name);
  return all;
}

TEST(Merge, of_one_source_is_that_source) {
  const auto merged = merge({{"a", samples::grading_run()}});
  EXPECT_TRUE(merged.report == samples::grading_run());
  EXPECT_TRUE(merged.doubts.empty());
}

TEST(Merge, of_shards_has_every_target_and_is_told_by_the_latest_run) {
  const auto all = samples::grading_run().targets;
  auto one = shard("one", {all[0], all[1]}, "2026-11-22T15:17:23Z");
  auto two = shard("two", {all[2], all[3]}, "2026-11-22T15:18:00Z");
  one.report.run.seconds = 50;
  const auto merged = merge({one, two});
  EXPECT_EQ(names(merged.report), (std::vector<std::string>{"s01", "s02", "s03", "s04"}));
  EXPECT_EQ(merged.report.run.id, "two");
  EXPECT_EQ(merged.report.run.started, "2026-11-22T15:17:23Z");
  EXPECT_EQ(merged.report.run.seconds, 50);
  EXPECT_EQ(merged.report.run.seed, samples::grading_run().run.seed);
  EXPECT_FALSE(merged.report.summary) << "each shard's is of its own targets";
  EXPECT_TRUE(merged.doubts.empty());
}

TEST(Merge, of_shards_is_in_the_order_of_the_roster) {
  auto all = samples::grading_run().targets;
  for (std::size_t i = 0; i < all.size(); ++i) all[i].row = static_cast<int>(i + 1);
  const auto merged = merge({shard("two", {all[1], all[3]}), shard("one", {all[0], all[2]})});
  EXPECT_EQ(names(merged.report), (std::vector<std::string>{"s01", "s02", "s03", "s04"}));
}

TEST(Merge, of_two_classes_is_one_after_the_other) {
  auto all = samples::grading_run().targets;
  for (std::size_t i = 0; i < all.size(); ++i) all[i].row = static_cast<int>(2 - i % 2);
  const auto merged = merge({shard("b", {all[2], all[3]}), shard("a", {all[0], all[1]})});
  EXPECT_EQ(names(merged.report), (std::vector<std::string>{"s03", "s04", "s01", "s02"}));
}

TEST(Merge, of_runs_with_other_seeds_has_none) {
  auto two = shard("two", {});
  two.report.run.seed = "ff";
  EXPECT_EQ(merge({shard("one", {}), two}).report.run.seed, "");
}

TEST(Merge, keeps_a_mark_over_a_later_look_that_gave_none) {
  auto marked = samples::grading_run().targets[0];
  auto later = marked;
  later.looked_at = "2026-11-23T08:00:00Z";
  later.not_graded = msg("nothing answers on {host}", {{"host", "192.0.2.7"}});
  for (const auto& merged :
       {merge({shard("a", {marked}), shard("b", {later})}), merge({shard("b", {later}), shard("a", {marked})})})
    EXPECT_TRUE(merged.report.targets[0].not_graded.empty());
}

TEST(Merge, takes_the_later_look_at_a_target_wherever_it_stands) {
  auto early = samples::grading_run().targets[0];
  auto late = early;
  late.looked_at = "2026-11-23T08:00:00Z";
  late.score = 9;
  for (const auto& merged : {merge({shard("early", {early}), shard("late", {late})}),
                             merge({shard("late", {late}), shard("early", {early})})}) {
    ASSERT_EQ(merged.report.targets.size(), 1U);
    EXPECT_EQ(merged.report.targets[0].score, 9);
    ASSERT_EQ(merged.doubts.size(), 1U);
    EXPECT_EQ(merged.doubts[0].args.at("winner"), "late");
  }
}

TEST(Merge, goes_by_the_start_of_the_run_where_nobody_says_when_a_target_was_looked_at) {
  auto target = samples::all_pass().targets[0];
  auto other = target;
  other.score = 1;
  const auto merged =
      merge({shard("late", {other}, "2026-11-22T16:00:00Z"), shard("early", {target}, "2026-11-22T15:00:00Z")});
  EXPECT_EQ(merged.report.targets[0].score, 1);
}

TEST(Merge, says_that_plans_differ) {
  auto two = shard("two", {});
  two.report.run.plan_sha256 = "00";
  auto three = two;
  three.name = "three";
  three.report.run.plan = "strict";
  const auto doubts = merge({shard("one", {}), two, three}).doubts;
  ASSERT_EQ(doubts.size(), 2U);
  EXPECT_EQ(to_english(doubts[0]), "two is of another version of the plan lab than one");
  EXPECT_EQ(to_english(doubts[1]), "three is of the plan strict, and one of lab");
}

}  // namespace
}  // namespace mqtts::reports
