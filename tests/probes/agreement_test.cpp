#include "harness/probes/agreement.h"

#include <gtest/gtest.h>

namespace mqtts::probes {
namespace {

using wire::ConnectionFacts;
using wire::PahoAnswer;
using wire::PahoOutcome;

const ConnectionFacts accepted{Outcome::accepted, By::broker};
const ConnectionFacts code_5{Outcome::refused, By::mqtt, 5, "not_authorized"};
const ConnectionFacts alert{Outcome::refused, By::tls_peer, 116, "certificate_required"};
const ConnectionFacts untrusted{Outcome::refused, By::tls_self, 19, "self_signed_certificate_in_chain"};
const ConnectionFacts other_name{Outcome::refused, By::tls_self, 64, "ip_address_mismatch"};
const ConnectionFacts dead{Outcome::refused, By::network, {}, "connection_refused"};
const ConnectionFacts ended{Outcome::closed, By::broker};

const PahoAnswer in{PahoOutcome::done};
const PahoAnswer refused_5{PahoOutcome::refused, 5};
const PahoAnswer failed{PahoOutcome::failed, -1, "TCP/TLS connect failure"};
const PahoAnswer timed_out{PahoOutcome::timed_out};

struct AgreementRow {
  ConnectionFacts facts;
  PahoAnswer paho;
  bool agree;
};

TEST(agree, needs_the_same_fate) {
  const AgreementRow rows[] = {
      {accepted, in, true},      {accepted, refused_5, false}, {accepted, failed, false}, {accepted, timed_out, false},
      {code_5, refused_5, true}, {code_5, in, false},          {code_5, failed, false},   {alert, failed, true},
      {alert, timed_out, true},  {alert, in, false},           {alert, refused_5, false}, {untrusted, failed, true},
      {untrusted, in, false},    {dead, failed, true},         {dead, in, false},         {ended, failed, true},
      {ended, timed_out, true},  {ended, in, false},           {ended, refused_5, false}, {other_name, failed, true},
      {other_name, in, true},
  };
  for (const auto& row : rows) {
    const auto result = agree(row.facts, row.paho);
    EXPECT_EQ(result.has_value(), row.agree) << to_string(row.facts.outcome) << " " << row.facts.reason;
    if (!result) {
      EXPECT_EQ(result.error().kind, ErrorKind::disagreement);
    }
  }
}

TEST(agree, needs_the_same_code) {
  EXPECT_FALSE(agree(code_5, {PahoOutcome::refused, 4}));
  EXPECT_TRUE(agree({Outcome::refused, By::mqtt, 0x87, "not_authorized"}, {PahoOutcome::refused, 0x87}));
}

TEST(agree, tells_what_each_saw) {
  EXPECT_EQ(to_english(agree(accepted, refused_5).error().what),
            "Two clients that say the same were treated differently: our probe saw accepted, Paho saw refused by mqtt "
            "with 5");
}

TEST(should_confirm_with_paho, where_it_can_add_something_and_comes_to_no_harm) {
  for (const auto version : {MqttVersion::v3_1_1, MqttVersion::v5_0}) {
    EXPECT_TRUE(should_confirm_with_paho(accepted, version));
    EXPECT_TRUE(should_confirm_with_paho(alert, version));
    EXPECT_TRUE(should_confirm_with_paho(dead, version));
    EXPECT_FALSE(should_confirm_with_paho({Outcome::garbled, By::broker}, version));
    EXPECT_FALSE(should_confirm_with_paho({Outcome::timeout, By::network}, version));
  }
  const ConnectionFacts code_1{Outcome::refused, By::mqtt, 1, "unsupported_protocol_version"};
  EXPECT_TRUE(should_confirm_with_paho(code_1, MqttVersion::v3_1_1));
  EXPECT_FALSE(should_confirm_with_paho(code_1, MqttVersion::v5_0));
}

}  // namespace
}  // namespace mqtts::probes
