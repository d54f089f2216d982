#include "harness/model/report.h"

#include <gtest/gtest.h>

namespace mqtts {
namespace {

Report with_verdicts(std::initializer_list<Verdict> verdicts) {
  TargetResult target{.name = "t", .restored = true};
  for (const auto verdict : verdicts) target.stages.push_back({.verdict = verdict});
  return {.targets = {target}};
}

TEST(ExitCode, is_0_when_all_passed) { EXPECT_EQ(exit_code(with_verdicts({Verdict::pass, Verdict::pass})), 0); }
TEST(ExitCode, is_3_when_a_check_was_skipped_in_a_stage_that_passed) {
  auto report = with_verdicts({Verdict::pass});
  report.targets[0].stages[0].checks = {{.verdict = Verdict::pass}, {.verdict = Verdict::skip}};
  EXPECT_EQ(exit_code(report), 3);
}
TEST(ExitCode, is_1_when_one_failed_even_beside_an_error) {
  EXPECT_EQ(exit_code(with_verdicts({Verdict::error, Verdict::fail})), 1);
}
TEST(ExitCode, is_3_when_something_could_not_be_judged) {
  EXPECT_EQ(exit_code(with_verdicts({Verdict::pass, Verdict::error})), 3);
}
TEST(ExitCode, is_4_when_the_broker_was_not_put_back) {
  auto report = with_verdicts({Verdict::fail});
  report.targets[0].restored = false;
  EXPECT_EQ(exit_code(report), 4);
}
TEST(ExitCode, is_3_when_a_target_gave_nothing_to_judge) {
  Report report{.targets = {TargetResult{.name = "t", .message = msg("unreachable")}}};
  EXPECT_EQ(exit_code(report), 3);
}

TEST(Matches, needs_the_layer_and_one_of_the_reasons) {
  const Expected wanted{Outcome::refused, By::tls_peer, {"unknown_ca", "bad_certificate"}};
  EXPECT_TRUE(matches(wanted, {.outcome = Outcome::refused, .by = By::tls_peer, .reason = "unknown_ca"}));
  EXPECT_FALSE(matches(wanted, {.outcome = Outcome::refused, .by = By::tls_self, .reason = "unknown_ca"}));
  EXPECT_FALSE(matches(wanted, {.outcome = Outcome::refused, .by = By::tls_peer, .reason = "internal_error"}));
  EXPECT_FALSE(matches(wanted, {.outcome = Outcome::closed, .by = By::broker}));
}

TEST(Names, round_trip) {
  for (const auto by : {By::broker, By::mqtt, By::tls_peer, By::tls_self, By::network})
    EXPECT_EQ(by_from(to_string(by)), by);
  for (const auto verdict : {Verdict::pass, Verdict::fail, Verdict::error, Verdict::skip})
    EXPECT_EQ(verdict_from(to_string(verdict)), verdict);
  for (const auto kind :
       {EvidenceKind::broker_log, EvidenceKind::paho, EvidenceKind::tls, EvidenceKind::reproduce, EvidenceKind::note})
    EXPECT_EQ(evidence_kind_from(to_string(kind)), kind);
  for (const auto kind : {FingerprintKind::ssh_host_key, FingerprintKind::ca_key, FingerprintKind::server_key,
                          FingerprintKind::certificate_serial, FingerprintKind::password_hash})
    EXPECT_EQ(fingerprint_kind_from(to_string(kind)), kind);
  EXPECT_EQ(outcome_from("no such"), std::nullopt);
}

}  // namespace
}  // namespace mqtts
