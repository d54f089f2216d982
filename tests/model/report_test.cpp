#include "harness/model/report.h"

#include <gtest/gtest.h>

#include "harness/model/plan.h"

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

TEST(Matches, whatever_got_as_far_as_is_asked) {
  const Expected wanted{.outcome = Outcome::accepted, .by = By::broker, .reasons = {}, .reached = Layer::tls};
  EXPECT_TRUE(matches(wanted, {.outcome = Outcome::accepted, .by = By::broker}));
  EXPECT_TRUE(matches(wanted, {.outcome = Outcome::refused, .by = By::mqtt, .reason = "not_authorized"}));
  EXPECT_FALSE(matches(wanted, {.outcome = Outcome::refused, .by = By::tls_peer, .reason = "unknown_ca"}));
  EXPECT_FALSE(matches(wanted, {.outcome = Outcome::closed, .by = By::broker}));
}

// In TLS 1.3 a client's handshake is over before the server has looked at its certificate.
TEST(LayerOf, a_client_whose_certificate_is_refused_is_that_of_the_server_it_has_verified) {
  Observation seen{.outcome = Outcome::refused, .by = By::tls_peer, .code = 116, .reason = "certificate_required"};
  EXPECT_EQ(layer_of(seen), Layer::network);
  seen.tls = TlsFacts{.verified = "ok", .key_proven = false};
  EXPECT_EQ(layer_of(seen), Layer::network) << "anybody may show that certificate";
  seen.tls->key_proven = true;
  EXPECT_EQ(layer_of(seen), Layer::server);
  seen.tls->verified = "";
  EXPECT_EQ(layer_of(seen), Layer::network) << "nobody looked";
  for (const auto& ended : {Observation{.outcome = Outcome::closed, .by = By::broker, .tls = seen.tls},
                            Observation{.outcome = Outcome::timeout, .by = By::network, .reason = "no_answer"},
                            Observation{.outcome = Outcome::garbled, .by = By::broker}}) {
    auto it = ended;
    it.tls = TlsFacts{.verified = "ok", .key_proven = true};
    EXPECT_EQ(layer_of(it), Layer::network) << "no broker has spoken";
  }
}

TEST(NeededOfControl, is_the_layer_that_refuses_and_an_answer_in_mqtt_at_least) {
  const auto needed = [](std::vector<Expected> expected, bool acts = false) {
    CheckSpec check{.acts = acts};
    check.expected = std::move(expected);
    return needed_of_control(check);
  };
  const Expected by_network{Outcome::refused, By::network, {}}, by_us{Outcome::refused, By::tls_self, {}},
      by_peer{Outcome::refused, By::tls_peer, {}}, by_mqtt{Outcome::refused, By::mqtt, {}};
  EXPECT_EQ(needed({by_network}), Layer::tls);
  EXPECT_EQ(needed({by_us}), Layer::server);
  EXPECT_EQ(needed({by_peer}), Layer::tls);
  EXPECT_EQ(needed({by_mqtt}), Layer::mqtt);
  EXPECT_EQ(needed({by_peer, by_mqtt}), Layer::mqtt);
  EXPECT_EQ(needed({by_mqtt}, true), Layer::action);
}

TEST(HintOf, a_check_is_the_first_that_fits_what_was_seen) {
  CheckSpec check{.hint = {"any", ""}};
  const Predicate is_reader{"delivery.refused", Comparison::equals, FactValue(std::string("reader"))};
  check.hints = {{{Outcome::refused, By::mqtt, {"not_authorized"}, {is_reader}}, {"reader", ""}},
                 {{Outcome::refused, By::mqtt, {"not_authorized"}}, {"writer", ""}}};
  Observation seen{.outcome = Outcome::refused, .by = By::mqtt, .reason = "not_authorized"};
  EXPECT_EQ(hint_of(check, seen).text.en, "writer");
  seen.facts["delivery.refused"] = std::string("reader");
  EXPECT_EQ(hint_of(check, seen).text.en, "reader");
  seen.reason = "banned";
  EXPECT_EQ(hint_of(check, seen).text.en, "any");
  EXPECT_EQ(hint_of(check, std::nullopt).text.en, "any");
}

TEST(Names, round_trip) {
  for (const auto layer : {Layer::none, Layer::network, Layer::server, Layer::tls, Layer::mqtt, Layer::action})
    EXPECT_EQ(layer_from(to_string(layer)), layer);
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
