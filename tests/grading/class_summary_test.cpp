#include "harness/grading/class_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mqtts::grading {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CheckResult failed_for(const char* id, const char* why, std::optional<Observation> seen = std::nullopt) {
  return {.id = id, .verdict = Verdict::fail, .observed = std::move(seen), .message = msg(why)};
}

TargetResult student(const char* name, std::vector<CheckResult> checks, std::vector<Fingerprint> fingerprints = {}) {
  return {
      .name = name, .stages = {{.id = "tls", .checks = std::move(checks)}}, .fingerprints = std::move(fingerprints)};
}

Observation let_in_after(double seconds) {
  return {.outcome = Outcome::accepted, .by = By::broker, .evidence = {{EvidenceKind::note, "x"}}, .seconds = seconds};
}

TEST(Causes, that_are_the_same_are_one_and_that_of_most_comes_first) {
  const auto causes =
      summarise(
          {student("a", {failed_for("closed", "open")}),
           student("b", {failed_for("anonymous", "in", let_in_after(1)), failed_for("wrong", "in", let_in_after(2))}),
           student("c", {failed_for("anonymous", "in", let_in_after(3)), failed_for("wrong", "in", let_in_after(4))})})
          .causes;
  ASSERT_EQ(causes.size(), 2U);
  EXPECT_THAT(causes[0].targets, ElementsAre("b", "c"));
  EXPECT_THAT(causes[0].checks, ElementsAre("anonymous", "wrong"));
  EXPECT_EQ(causes[0].observed->outcome, Outcome::accepted);
  EXPECT_EQ(causes[0].observed->seconds, 0);
  EXPECT_THAT(causes[1].targets, ElementsAre("a"));
}

TEST(Causes, of_one_check_are_told_apart_by_what_was_seen) {
  auto closed = let_in_after(0);
  closed.outcome = Outcome::closed;
  EXPECT_EQ(
      summarise({student("a", {failed_for("x", "no", let_in_after(0))}), student("b", {failed_for("x", "no", closed)})})
          .causes.size(),
      2U);
}

TEST(Causes, are_no_checks_that_only_follow_from_their_control) {
  CheckResult negative{.id = "wrong", .verdict = Verdict::error, .control = "valid", .message = msg("proves nothing")};
  const auto causes = summarise({student("a", {failed_for("valid", "out"), negative})}).causes;
  ASSERT_EQ(causes.size(), 1U);
  EXPECT_THAT(causes[0].checks, ElementsAre("valid"));
}

TEST(Causes, are_none_where_all_passed) {
  EXPECT_THAT(summarise({student("a", {{.id = "x", .verdict = Verdict::pass}})}).causes, IsEmpty());
}

TEST(Copies, are_what_two_or_more_share) {
  const auto copies =
      summarise({student("a", {}, {{FingerprintKind::ca_key, "1"}, {FingerprintKind::password_hash, "7"}}),
                 student("b", {}, {{FingerprintKind::ca_key, "2"}, {FingerprintKind::password_hash, "7"}}),
                 student("c", {}, {{FingerprintKind::ca_key, "1"}, {FingerprintKind::password_hash, "7"}})})
          .copies;
  ASSERT_EQ(copies.size(), 2U);
  EXPECT_EQ(copies[0].kind, FingerprintKind::ca_key);
  EXPECT_THAT(copies[0].targets, ElementsAre("a", "c"));
  EXPECT_EQ(copies[1].kind, FingerprintKind::password_hash);
  EXPECT_THAT(copies[1].targets, ElementsAre("a", "b", "c"));
}

TEST(Copies, are_not_what_one_has_twice_nor_equal_values_of_two_kinds) {
  EXPECT_THAT(summarise({student("a", {}, {{FingerprintKind::server_key, "1"}, {FingerprintKind::server_key, "1"}}),
                         student("b", {}, {{FingerprintKind::certificate_serial, "1"}})})
                  .copies,
              IsEmpty());
}

}  // namespace
}  // namespace mqtts::grading
