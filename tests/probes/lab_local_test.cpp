// What a finished lab answers to each kind of client, seen by both witnesses, over TLS 1.2 and 1.3 and MQTT
// 3.1.1 and 5.0.
#include <gtest/gtest.h>

#include "harness/probes/probes.h"
#include "tests/support/finished_lab.h"

namespace mqtts::probes {
namespace {

using test::FinishedLab;
using test::Protocols;

Observation observe(const Client& client) {
  WireProber prober;
  auto seen = prober.observe({.client = client}, Deadline::in(std::chrono::seconds(10)));
  EXPECT_TRUE(seen) << to_english(seen.error().what);
  return seen ? *seen : Observation{};
}

class Lab : public testing::TestWithParam<Protocols> {
 protected:
  bool is_tls_1_3() const { return GetParam().tls == "TLSv1.3"; }
  int not_authorized() const { return GetParam().mqtt == MqttVersion::v5_0 ? 0x87 : 5; }

  void expect_alert(int alert, const std::string& name) const {
    const auto seen = observe(client);
    EXPECT_EQ(seen.outcome, Outcome::refused);
    EXPECT_EQ(seen.by, By::tls_peer);
    EXPECT_EQ(seen.code, alert);
    EXPECT_EQ(seen.reason, name);
    EXPECT_TRUE(seen.tls->certificate_requested);
    EXPECT_EQ(seen.tls->certificate_sent, client.identity.has_value());
    EXPECT_EQ(seen.tls->verified, "ok");
  }
  void expect_not_authorized() const {
    const auto seen = observe(client);
    EXPECT_EQ(seen.outcome, Outcome::refused);
    EXPECT_EQ(seen.by, By::mqtt);
    EXPECT_EQ(seen.code, not_authorized());
    EXPECT_EQ(seen.reason, "not_authorized");
    EXPECT_EQ(seen.tls->version, GetParam().tls);
  }

  FinishedLab lab{GetParam().tls};
  Client client = lab.good_client(GetParam().mqtt);
};

TEST_P(Lab, accepts_its_client_with_the_name_in_the_cn_of_a_v1_certificate) {
  const auto seen = observe(client);
  EXPECT_EQ(seen.outcome, Outcome::accepted);
  EXPECT_EQ(seen.by, By::broker);
  EXPECT_EQ(seen.code, std::nullopt);
  EXPECT_EQ(seen.tls->version, GetParam().tls);
  EXPECT_NE(seen.tls->cipher.find("TLS_"), std::string::npos);
  EXPECT_TRUE(seen.tls->certificate_requested);
  EXPECT_TRUE(seen.tls->certificate_sent);
  EXPECT_EQ(seen.tls->verified, "ok");
  EXPECT_EQ(seen.tls->name_match, "commonName");
  ASSERT_EQ(seen.tls->chain.size(), 2U);  // Mosquitto adds its cafile to what it sends
  EXPECT_EQ(seen.tls->chain[0].subject, "CN=127.0.0.1");
  EXPECT_EQ(seen.tls->chain[0].issuer, "CN=Lab CA,L=PARIS,C=FR");
}

TEST_P(Lab, refuses_a_client_without_a_certificate) {
  client.identity.reset();
  if (is_tls_1_3())
    expect_alert(116, "certificate_required");
  else
    expect_alert(40, "handshake_failure");
}

TEST_P(Lab, refuses_a_certificate_of_another_authority) {
  client.identity = lab.material.signed_by_stranger({.subject = "/CN=userclient"});
  expect_alert(48, "unknown_ca");
}

TEST_P(Lab, refuses_an_expired_certificate) {
  client.identity = lab.material.signed_by_lab(
      {.subject = "/CN=userclient", .validity = {-std::chrono::hours(48), -std::chrono::hours(24)}});
  expect_alert(45, "certificate_expired");
}

TEST_P(Lab, refuses_a_certificate_that_is_for_servers_only) {
  client.identity =
      lab.material.signed_by_lab({.subject = "/CN=userclient", .purposes = {pki::Purpose::server_authentication}});
  expect_alert(43, "unsupported_certificate");
}

TEST_P(Lab, refuses_a_wrong_password) {
  client.password = "wrong";
  expect_not_authorized();
}

TEST_P(Lab, refuses_an_unknown_user) {
  client.user_name = "nobody";
  expect_not_authorized();
}

TEST_P(Lab, refuses_an_anonymous_client) {
  client.user_name.reset();
  client.password.reset();
  expect_not_authorized();
}

TEST_P(Lab, is_refused_by_us_when_we_do_not_trust_its_authority) {
  client.trust = lab.material.stranger_ca;
  const auto seen = observe(client);
  EXPECT_EQ(seen.outcome, Outcome::refused);
  EXPECT_EQ(seen.by, By::tls_self);
  EXPECT_EQ(seen.code, 19);
  EXPECT_EQ(seen.reason, "self_signed_certificate_in_chain");
  EXPECT_EQ(seen.tls->verified, "self_signed_certificate_in_chain");
  EXPECT_EQ(seen.tls->chain.size(), 2U);
}

TEST_P(Lab, is_not_verified_without_trust) {
  client.trust.reset();
  const auto seen = observe(client);
  EXPECT_EQ(seen.outcome, Outcome::accepted);
  EXPECT_EQ(seen.tls->verified, "");
  EXPECT_EQ(seen.tls->name_match, "");
  EXPECT_EQ(seen.tls->chain.size(), 2U);
}

TEST_P(Lab, is_refused_by_us_when_its_certificate_is_for_another_name) {
  client.name = "broker.example";
  const auto seen = observe(client);
  EXPECT_EQ(seen.outcome, Outcome::refused);
  EXPECT_EQ(seen.by, By::tls_self);
  EXPECT_EQ(seen.code, 62);
  EXPECT_EQ(seen.reason, "hostname_mismatch");
}

INSTANTIATE_TEST_SUITE_P(every, Lab, testing::ValuesIn(test::all_protocols),
                         [](const auto& each) { return test::name_of(each.param); });

}  // namespace
}  // namespace mqtts::probes
