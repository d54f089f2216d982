#include "harness/audit/audit_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/catalogue/catalogue.h"

namespace mqtts::audit {
namespace {

using ::testing::HasSubstr;

Given all_given() {
  Given given{.ca = "ca.crt", .ca_key = "ca.key", .certificate = "c.crt", .key = "c.key"};
  given.user = {"alice", "a.pw"};
  given.other_user = {"bob", "b.pw"};
  given.intrusive = true;
  given.has_ssh = true;
  given.has_secure_websocket = true;
  given.revoked = {"revoked.crt", "revoked.key"};
  return given;
}

const CheckSpec& check_of(const Plan& plan, const std::string& id) {
  for (const auto& stage : plan.stages)
    for (const auto& check : stage.checks)
      if (check.id == id) return check;
  throw std::out_of_range(id);
}

std::string missing(const Given& given, const std::string& id) {
  return to_english(check_of(audit_plan(given), id).missing);
}

TEST(AuditPlan, makes_every_check_when_all_is_given) {
  for (const auto& stage : audit_plan(all_given()).stages)
    for (const auto& check : stage.checks) EXPECT_EQ(to_english(check.missing), "") << check.id;
}

TEST(AuditPlan, has_checks_of_the_catalogue_in_its_groups) {
  for (const auto& stage : audit_plan(all_given()).stages)
    for (const auto& check : stage.checks) {
      const auto* entry = catalogue::find(check.id);
      ASSERT_NE(entry, nullptr) << check.id;
      EXPECT_EQ(entry->group, stage.id) << check.id;
      EXPECT_TRUE(check.severity.has_value()) << check.id;
    }
}

TEST(AuditPlan, says_what_to_give) {
  auto given = all_given();
  given.user = {};
  EXPECT_THAT(missing(given, "wrong-password-rejected"), HasSubstr("--user"));
  EXPECT_EQ(missing(given, "anonymous-rejected"), "") << "it needs nothing itself";
  EXPECT_EQ(missing(given, "tls-accepted"), "");
  given = all_given();
  given.certificate.clear();
  EXPECT_THAT(missing(given, "untrusted-ca-rejected"), HasSubstr("--cert"));
  EXPECT_THAT(missing(given, "certificate-user-mismatch-rejected"), HasSubstr("--cert"));
  given = all_given();
  given.other_user = {};
  EXPECT_THAT(missing(given, "certificate-user-mismatch-rejected"), HasSubstr("--other-user"));
  given = all_given();
  given.user = {};
  EXPECT_THAT(missing(given, "certificate-user-mismatch-rejected"), HasSubstr("--user"));
  given = all_given();
  given.has_tls = false;
  given.has_secure_websocket = false;
  EXPECT_THAT(missing(given, "tls-accepted"), HasSubstr("no TLS listener answers on port 8883"));
  EXPECT_EQ(missing(given, "cleartext-listener-closed"), "");
  EXPECT_THAT(missing(given, "valid-password-accepted"), HasSubstr("mqtt://")) << "TLS may only be kept from us";
  given.may_log_in_clear = true;
  EXPECT_EQ(check_of(audit_plan(given), "valid-password-accepted").client.listener, "plain");
}

TEST(AuditPlan, logs_in_with_what_is_given_and_nothing_else) {
  const auto plan = audit_plan(all_given());
  EXPECT_EQ(check_of(plan, "valid-password-accepted").client.account, "alice");
  EXPECT_TRUE(plan.materials.accounts.contains("alice"));
  EXPECT_FALSE(plan.materials.accounts.contains("audit-user"));
  auto given = all_given();
  given.user = {};
  given.certificate.clear();
  const auto bare = audit_plan(given);
  EXPECT_EQ(check_of(bare, "tls-accepted").client.account, std::nullopt);
  EXPECT_EQ(check_of(bare, "tls-accepted").client.certificate, std::nullopt);
}

TEST(AuditPlan, brings_a_certificate_only_where_it_is_asked_for_or_is_what_the_check_is_about) {
  auto given = all_given();
  EXPECT_EQ(check_of(audit_plan(given), "wrong-password-rejected").client.certificate, "audit-client");
  given.asks_for_certificate = false;
  const auto plan = audit_plan(given);
  for (const auto* id : {"tls-accepted", "untrusted-server-ca-detected", "valid-password-accepted",
                         "wrong-password-rejected", "session-theft-blocked"})
    EXPECT_EQ(check_of(plan, id).client.certificate, std::nullopt) << id;
  EXPECT_EQ(check_of(plan, "valid-mtls-accepted").client.certificate, "audit-client");
  EXPECT_EQ(check_of(plan, "untrusted-ca-rejected").client.certificate, "stranger");
}

TEST(AuditPlan, brings_the_second_accounts_own_certificate_if_there_is_one) {
  auto given = all_given();
  const auto holder = [&] {
    return check_of(audit_plan(given), "certificate-user-mismatch-rejected").probe.roles.at("holder");
  };
  EXPECT_EQ(holder().certificate, std::nullopt);
  given.other_certificate = "d.crt";
  given.other_key = "d.key";
  EXPECT_EQ(holder().certificate, "audit-other-client");
  EXPECT_EQ(holder().account, "bob");
  EXPECT_TRUE(materials_of(given).identities.contains("audit-other-client"));
}

TEST(AuditPlan, asks_the_secure_websocket_port_where_there_is_no_other_tls) {
  auto given = all_given();
  given.has_tls = false;
  const auto plan = audit_plan(given);
  EXPECT_TRUE(plan.listeners.at("tls").websocket);
  EXPECT_EQ(check_of(plan, "server-certificate-trusted").client.listener, "tls");
  EXPECT_EQ(missing(given, "server-certificate-trusted"), "");
  EXPECT_EQ(missing(given, "untrusted-ca-rejected"), "");
  given.is_trusted = false;
  EXPECT_THAT(missing(given, "valid-password-accepted"), HasSubstr("--ca"));
  given.has_tls = true;
  EXPECT_FALSE(audit_plan(given).listeners.at("tls").websocket);
}

TEST(AuditPlan, does_not_fail_a_broker_that_survives_what_it_tolerates) {
  const auto plan = audit_plan(all_given());
  const auto& expected = check_of(plan, "malformed-packets-survived").expected;
  ASSERT_EQ(expected.size(), 1u);
  ASSERT_EQ(expected[0].facts.size(), 1u);
  EXPECT_EQ(expected[0].facts[0].fact, "packets.survived");
}

TEST(AuditPlan, sends_no_password_to_a_server_that_is_not_trusted) {
  auto given = all_given();
  given.is_trusted = false;
  const auto plan = audit_plan(given);
  for (const auto& stage : plan.stages)
    for (const auto& check : stage.checks) {
      const bool sends = check.missing.empty() && check.client.account && !check.client.trust;
      EXPECT_FALSE(sends) << check.id;
    }
  EXPECT_THAT(to_english(check_of(plan, "valid-password-accepted").missing), HasSubstr("--ca"));
  EXPECT_EQ(to_english(check_of(plan, "anonymous-rejected").missing), "");
  EXPECT_EQ(check_of(plan, "anonymous-rejected").client.trust, std::nullopt);
}

TEST(AuditPlan, blames_no_certificate_that_nobody_has_seen) {
  auto given = all_given();
  given.is_trusted = false;
  EXPECT_THAT(missing(given, "untrusted-server-ca-detected"), HasSubstr("server-certificate-trusted"));
  EXPECT_EQ(missing(given, "server-certificate-trusted"), "");
  given.is_trust_known = false;
  EXPECT_THAT(missing(given, "valid-password-accepted"), HasSubstr("no answer in time"));
  EXPECT_THAT(missing(given, "untrusted-ca-rejected"), HasSubstr("no answer in time"));
  EXPECT_EQ(missing(given, "untrusted-server-ca-detected"), "");
}

TEST(AuditPlan, tries_well_known_accounts_without_an_own_one) {
  auto given = all_given();
  given.user = {};
  EXPECT_EQ(missing(given, "default-credentials-rejected"), "");
  EXPECT_EQ(check_of(audit_plan(given), "default-credentials-rejected").client.account, std::nullopt);
  given.intrusive = false;
  EXPECT_THAT(missing(given, "default-credentials-rejected"), HasSubstr("--max-wrong-logins"));
}

TEST(AuditPlan, bounds_wrong_logins) {
  auto given = all_given();
  given.intrusive = false;
  for (const int most : {0, 1, 3, 5}) {
    given.most_wrong_logins = most;
    EXPECT_LE(wrong_logins_of(audit_plan(given)), most);
  }
  given.most_wrong_logins = 1;
  EXPECT_EQ(missing(given, "wrong-password-rejected"), "");
  EXPECT_THAT(missing(given, "unknown-user-rejected"), HasSubstr("--max-wrong-logins"));
}

TEST(AuditPlan, takes_a_refusal_by_websocket_for_protection_only_over_tls) {
  auto given = all_given();
  EXPECT_EQ(check_of(audit_plan(given), "websocket-listener-protected").expected.at(0).by, By::mqtt);
  given.has_secure_websocket = false;
  given.has_websocket = true;
  EXPECT_EQ(check_of(audit_plan(given), "websocket-listener-protected").expected.at(0).by, By::network);
}

// A closed connection has no code, and may be anybody's: a dead broker's proxy, a page that is not found.
TEST(AuditPlan, takes_no_closed_connection_for_a_refusal) {
  for (const auto& stage : audit_plan(all_given()).stages)
    for (const auto& check : stage.checks)
      for (const auto& expected : check.expected) EXPECT_NE(expected.outcome, Outcome::closed) << check.id;
}

TEST(ExplainRefusals, skips_what_lacks_a_login) {
  TargetResult target;
  CheckResult check{.id = "keep-alive-enforced", .verdict = Verdict::error};
  check.observed = Observation{.outcome = Outcome::refused, .by = By::mqtt, .reason = "not_authorized"};
  target.stages.push_back({.id = "session", .checks = {check}});
  auto given = all_given();
  explain_refusals(target, given);
  EXPECT_EQ(target.stages[0].checks[0].verdict, Verdict::error) << "with a login, it is the broker's doing";
  given.user = {};
  explain_refusals(target, given);
  EXPECT_EQ(target.stages[0].checks[0].verdict, Verdict::skip);
  EXPECT_THAT(to_english(target.stages[0].checks[0].message), HasSubstr("--user"));
}

TEST(ExplainRefusals, says_that_a_login_was_kept_back_from_a_server_that_is_not_trusted) {
  TargetResult target;
  CheckResult check{.id = "disallowed-code-points-refused", .verdict = Verdict::error};
  check.observed = Observation{.outcome = Outcome::refused, .by = By::mqtt, .reason = "not_authorized"};
  target.stages.push_back({.id = "resilience", .checks = {check}});
  auto given = all_given();
  given.is_trusted = false;
  explain_refusals(target, given);
  EXPECT_EQ(target.stages[0].checks[0].verdict, Verdict::skip);
  EXPECT_THAT(to_english(target.stages[0].checks[0].message), HasSubstr("--ca"));
}

TEST(ExplainRefusals, skip_a_second_handshake_where_the_first_lacks_a_certificate) {
  TargetResult target;
  CheckResult accepted{.id = "tls-accepted", .verdict = Verdict::fail};
  accepted.expected = {{.outcome = Outcome::accepted, .by = By::broker, .reached = Layer::tls}};
  accepted.observed = Observation{.outcome = Outcome::refused, .by = By::tls_peer, .reason = "certificate_required"};
  accepted.observed->tls.emplace().certificate_requested = true;
  const CheckResult again{.id = "tls-renegotiation-refused", .verdict = Verdict::error};
  target.stages.push_back({.id = "transport", .checks = {accepted, again}});
  auto given = all_given();
  explain_refusals(target, given);
  EXPECT_EQ(target.stages[0].checks[1].verdict, Verdict::error) << "with a certificate, it is the broker's doing";
  given.certificate.clear();
  explain_refusals(target, given);
  EXPECT_EQ(target.stages[0].checks[1].verdict, Verdict::skip);
  EXPECT_THAT(to_english(target.stages[0].checks[1].message), HasSubstr("--cert"));
}

// A broker that demands a client certificate shows its own all the same.
TEST(ExplainRefusals, leave_a_weakness_that_was_proven) {
  TargetResult target;
  CheckResult check{.id = "server-certificate-name", .verdict = Verdict::fail};
  check.expected = {{.outcome = Outcome::accepted,
                     .by = By::broker,
                     .facts = {{"certificate.name_valid", Comparison::equals, true}},
                     .reached = Layer::none}};
  check.observed = Observation{.outcome = Outcome::refused, .by = By::tls_peer, .reason = "certificate_required"};
  check.observed->tls.emplace().certificate_requested = true;
  target.stages.push_back({.id = "server-certificate", .checks = {check}});
  auto given = all_given();
  given.certificate.clear();
  explain_refusals(target, given);
  EXPECT_EQ(target.stages[0].checks[0].verdict, Verdict::fail);
}

}  // namespace
}  // namespace mqtts::audit
