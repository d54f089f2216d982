// An audit of Mosquitto as people set it up: what it says of each.
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/audit/audited.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/private_mosquitto.h"
#include "tests/support/two_faced_broker.h"

namespace mqtts::audit {
namespace {

using test::PrivateMosquitto;
using ::testing::AnyOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;

std::string url(const std::string& scheme, std::uint16_t port, const std::string& host = "127.0.0.1") {
  return scheme + "://" + host + ":" + std::to_string(port);
}

std::string story(const Verdicts& seen) { return seen.ended.out + seen.ended.err; }

class Posture : public ::testing::Test {
 protected:
  static Verdicts audit(const Words& words) { return Audited(words).read(); }
  Verdicts audit_all(const std::string& at, const Words& more = {}) const {
    return audit(Words{at, "--max-wrong-logins", "20"} + owner.gives() + more);
  }
  Words tls_with(const Identity& server) const {
    return {"cafile " + owner.material.ca.file, "certfile " + server.certificate.file, "keyfile " + server.key.file};
  }

  Owner owner;
};

TEST_F(Posture, with_passwords_over_tls_is_judged_by_them_although_it_asks_for_no_certificate) {
  const PrivateMosquitto broker(owner.tls_lines() + owner.password_lines());
  const auto seen = audit_all(url("mqtts", broker.port()));
  for (const auto* id : {"valid-password-accepted", "anonymous-rejected", "wrong-password-rejected",
                         "unknown-user-rejected", "untrusted-server-ca-detected", "server-certificate-trusted"})
    EXPECT_EQ(seen.verdict.at(id), "pass") << id << '\n' << story(seen);
  EXPECT_EQ(seen.verdict.at("missing-client-certificate-rejected"), "fail");
  EXPECT_EQ(seen.ended.code, 1);
}

TEST_F(Posture, with_tls_passwords_and_certificates_has_no_open_door) {
  const PrivateMosquitto broker(owner.tls_lines() + owner.password_lines() + Words{"require_certificate true"});
  const auto seen = audit_all(url("mqtts", broker.port()));
  EXPECT_EQ(seen.with("error"), "") << story(seen);
  EXPECT_EQ(seen.with("fail"), "acl-sys-denied acl-wildcard-denied client-id-takeover-blocked password-after-nul-ignored "
            "session-theft-blocked");
  EXPECT_EQ(seen.verdict.at("untrusted-ca-rejected"), "pass");
}

TEST_F(Posture, that_lets_a_foreign_certificate_open_an_account_is_told_by_what_the_client_may_do) {
  const auto acl = owner.material.folder().write("acl", "pattern readwrite %u/#\n");
  const auto lines = owner.tls_lines() + owner.password_lines() + Words{"require_certificate true", "acl_file " + acl};
  const auto other = owner.material.signed_by_lab({.subject = "/CN=bob"});
  const Words other_given = {"--other-cert", other.certificate.file, "--other-key", other.key.file};
  const Words only = {"--check", "certificate-user-mismatch-rejected"};
  const PrivateMosquitto by_name(lines);
  EXPECT_EQ(audit_all(url("mqtts", by_name.port()), only).with("fail"), "certificate-user-mismatch-rejected");
  const PrivateMosquitto by_certificate(lines + Words{"use_identity_as_username true"});
  const auto seen = audit_all(url("mqtts", by_certificate.port()), only + other_given);
  EXPECT_EQ(seen.with("pass"), "certificate-user-mismatch-rejected") << story(seen);
  const auto less = audit_all(url("mqtts", by_certificate.port()), only);
  EXPECT_EQ(less.with("skip"), "certificate-user-mismatch-rejected") << story(less);
  EXPECT_THAT(less.message.at("certificate-user-mismatch-rejected"), HasSubstr("--other-cert"));
}

TEST_F(Posture, of_a_certificate_that_is_not_right_is_told_as_what_it_is) {
  auto& material = owner.material;
  using pki::Validity;
  struct Row {
    Identity server;
    std::string failing;
  };
  const Validity yesterday{.not_before = -std::chrono::hours(48), .not_after = -std::chrono::hours(24)};
  const std::vector<Row> rows = {
      {material.signed_by_lab({.subject = "/CN=b", .validity = yesterday, .alternative_names = {"IP:127.0.0.1"}}),
       "server-certificate-dates"},
      {material.signed_by_lab({.subject = "/CN=b", .alternative_names = {"DNS:elsewhere.test"}}),
       "server-certificate-name"},
      {material.signed_by_stranger({.subject = "/CN=b", .alternative_names = {"IP:127.0.0.1"}}),
       "server-certificate-trusted"}};
  for (const auto& row : rows) {
    const PrivateMosquitto broker(tls_with(row.server) + owner.password_lines());
    const auto seen = audit_all(url("mqtts", broker.port()));
    EXPECT_EQ(seen.verdict.at(row.failing), "fail") << story(seen);
    EXPECT_EQ(seen.verdict.at("server-certificate-trusted"), "fail");
    EXPECT_EQ(seen.verdict.at("tls-accepted"), "pass") << row.failing;
    EXPECT_EQ(seen.verdict.at("wrong-password-rejected"), "skip") << row.failing;
    EXPECT_THAT(seen.message.at("wrong-password-rejected"), HasSubstr("server-certificate-trusted"));
    EXPECT_EQ(seen.ended.code, 1);
    EXPECT_THAT(broker.log(), Not(HasSubstr("alice"))) << "the account is not shown to a server that is not trusted";
  }
}

TEST_F(Posture, without_a_ca_given_trusts_only_those_of_the_system) {
  const PrivateMosquitto broker(owner.tls_lines() + owner.password_lines());
  const auto seen = audit({url("mqtts", broker.port())});
  EXPECT_EQ(seen.verdict.at("server-certificate-trusted"), "fail") << story(seen);
  EXPECT_EQ(seen.verdict.at("anonymous-rejected"), "skip") << "no login that is let in has shown that it looks";
  EXPECT_EQ(seen.ended.code, 1);
}

TEST_F(Posture, without_tls_is_open) {
  const PrivateMosquitto broker({"allow_anonymous true"});
  const auto seen = audit({url("mqtt", broker.port())});
  EXPECT_EQ(seen.with("fail"), "anonymous-rejected cleartext-listener-closed payload-hidden-on-wire") << story(seen);
  EXPECT_EQ(seen.with("error"), "");
  EXPECT_EQ(seen.grade, "F");
}

TEST_F(Posture, with_passwords_in_clear_fails_for_that) {
  const PrivateMosquitto broker(owner.password_lines());
  const auto seen = audit_all(url("mqtt", broker.port()));
  EXPECT_EQ(seen.verdict.at("cleartext-listener-closed"), "fail") << story(seen);
  EXPECT_EQ(seen.verdict.at("wrong-password-rejected"), "pass");
  EXPECT_EQ(seen.verdict.at("anonymous-rejected"), "pass");
  EXPECT_EQ(seen.with("error"), "");
}

TEST_F(Posture, of_ipv6_alone_is_asked_there) {
  const auto port = test::closed_port();
  const PrivateMosquitto broker({"allow_anonymous true", "listener " + std::to_string(port) + " ::1"});
  const auto seen = audit({url("mqtt", port, "[::1]")});
  EXPECT_EQ(seen.verdict.at("anonymous-rejected"), "fail") << story(seen);
}

TEST_F(Posture, named_by_the_wrong_scheme_has_no_pass_of_a_listener_that_was_not_met) {
  const PrivateMosquitto plain({"allow_anonymous true"});
  const auto as_tls = audit({url("mqtts", plain.port()), "--timeout", "1"});
  EXPECT_EQ(as_tls.with("pass"), "") << story(as_tls);
  EXPECT_THAT(as_tls.ended.code, AnyOf(1, 3));
  const PrivateMosquitto tls(owner.tls_lines() + owner.password_lines());
  const auto as_plain = audit({url("mqtt", tls.port()), "--timeout", "1"});
  EXPECT_EQ(as_plain.with("pass"), "") << story(as_plain);
  EXPECT_EQ(as_plain.with("fail"), "") << "a TLS port is no cleartext listener\n" << story(as_plain);
  EXPECT_EQ(as_plain.ended.code, 3);
}

TEST_F(Posture, of_nothing_that_listens_is_not_judged) {
  for (const auto* scheme : {"mqtts", "mqtt", "wss", "ws"}) {
    const auto seen = audit_all(url(scheme, test::closed_port()));
    EXPECT_EQ(seen.with("pass") + seen.with("fail"), "") << scheme << '\n' << story(seen);
    EXPECT_EQ(seen.ended.code, 3) << scheme;
    EXPECT_EQ(seen.grade, "") << scheme;
  }
}

TEST_F(Posture, of_websocket_with_tls_is_judged_as_any_tls_listener) {
  const auto port = test::closed_port();
  const PrivateMosquitto broker(Words{"listener " + std::to_string(port) + " 127.0.0.1", "protocol websockets"} +
                                owner.tls_lines() + owner.password_lines());
  Words groups;
  for (const auto* group : {"transport", "server-certificate", "password", "client-certificate", "session"})
    groups = groups + Words{"--stage", group};
  const auto seen = audit_all(url("wss", port), groups);
  for (const auto* id : {"tls-accepted", "websocket-listener-protected", "server-certificate-trusted",
                         "valid-password-accepted", "wrong-password-rejected", "keep-alive-enforced"})
    EXPECT_EQ(seen.verdict.at(id), "pass") << id << '\n' << story(seen);
  for (const auto* id : {"client-id-takeover-blocked", "session-theft-blocked", "missing-client-certificate-rejected"})
    EXPECT_EQ(seen.verdict.at(id), "fail") << id;
  const auto attacked = audit_all(url("wss", port), {"--intrusive", "--check", "malformed-packets-survived"});
  EXPECT_EQ(attacked.with("pass"), "malformed-packets-survived") << story(attacked);
}

TEST_F(Posture, of_websocket_without_tls_is_open) {
  const auto port = test::closed_port();
  const PrivateMosquitto broker(
      {"allow_anonymous true", "listener " + std::to_string(port) + " 127.0.0.1", "protocol websockets"});
  const auto seen = audit({url("ws", port)});
  EXPECT_EQ(seen.verdict.at("anonymous-rejected"), "fail") << story(seen);
  EXPECT_EQ(seen.ended.code, 1);
}

TEST_F(Posture, of_a_user_without_rights_is_no_weakness_of_the_broker) {
  const auto acl = owner.material.folder().write("acl", "user bob\ntopic readwrite #\n");
  const PrivateMosquitto broker(owner.tls_lines() + owner.password_lines() +
                                Words{"require_certificate true", "acl_file " + acl});
  const auto seen = audit_all(url("mqtts", broker.port()));
  EXPECT_EQ(seen.verdict.at("valid-password-accepted"), "pass") << story(seen);
  EXPECT_NE(seen.verdict.at("session-theft-blocked"), "pass") << "nothing could be stolen";
  EXPECT_EQ(seen.verdict.at("disallowed-code-points-refused"), "pass")
      << seen.message.at("disallowed-code-points-refused");
}

TEST_F(Posture, of_a_client_certificate_that_is_not_accepted_blames_the_certificate) {
  const PrivateMosquitto broker(owner.tls_lines() + owner.password_lines() + Words{"require_certificate true"});
  const auto other = owner.material.signed_by_stranger({.subject = "/CN=alice"});
  auto words = Words{url("mqtts", broker.port())} + owner.gives();
  for (auto& word : words) {
    if (word == owner.client.certificate.file) word = other.certificate.file;
    if (word == owner.client.key.file) word = other.key.file;
  }
  const auto seen = audit(words);
  EXPECT_EQ(seen.verdict.at("valid-mtls-accepted"), "fail") << story(seen);
  EXPECT_THAT(seen.message.at("valid-mtls-accepted"), HasSubstr("refused the client's certificate"));
  EXPECT_NE(seen.verdict.at("wrong-password-rejected"), "pass");
}

// Every second client meets a broker without passwords.
TEST_F(Posture, of_two_brokers_behind_one_port_is_that_of_the_weak_one) {
  const PrivateMosquitto strict(owner.tls_lines() + owner.password_lines() + Words{"require_certificate true"});
  const PrivateMosquitto lax(owner.tls_lines() + Words{"allow_anonymous true"});
  for (const int of : {2, 3}) {
    std::atomic<int> count = 0;
    const test::HostileBroker broker(
        [&](test::Peer& peer) { test::connect_through(peer, ++count % of == 0 ? lax.port() : strict.port()); });
    const auto seen = audit_all(url("mqtts", broker.port()));
    EXPECT_NE(seen.verdict.at("anonymous-rejected"), "pass") << of << story(seen);
    EXPECT_NE(seen.verdict.at("missing-client-certificate-rejected"), "pass") << of;
    EXPECT_NE(seen.verdict.at("untrusted-ca-rejected"), "pass") << of;
    EXPECT_EQ(seen.ended.code, 1);
  }
}

// After so many connections it serves nobody any more.
TEST_F(Posture, of_a_broker_that_dies_meanwhile_has_no_pass_from_then_on) {
  const PrivateMosquitto real(owner.tls_lines() + owner.password_lines() + Words{"require_certificate true"});
  for (const int served : {1, 5, 20, 60}) {
    std::atomic<int> count = 0;
    const test::HostileBroker broker([&](test::Peer& peer) {
      if (++count <= served)
        test::connect_through(peer, real.port());
      else
        peer.reset();
    });
    const auto seen = audit_all(url("mqtts", broker.port()));
    EXPECT_NE(seen.verdict.at("keep-alive-enforced"), "pass") << served << story(seen);
    EXPECT_THAT(seen.ended.code, AnyOf(1, 3)) << served;
    EXPECT_GT(seen.with("error").size(), 0u) << served << story(seen);
  }
}

}  // namespace
}  // namespace mqtts::audit
