#include "harness/probes/evidence.h"

#include <gtest/gtest.h>

namespace mqtts::probes {
namespace {

const Client full{.address = "127.0.0.1",
                  .port = 8883,
                  .name = "broker.example",
                  .tls = true,
                  .trust = Pem{"TRUST", "/secret/folder/lab-ca.crt"},
                  .identity = Identity{{"CERTIFICATE", "/secret/folder/user.crt"}, {"KEY", "/secret/folder/user.key"}},
                  .user_name = "it's me",
                  .password = "hunter2",
                  .mqtt = MqttVersion::v5_0};

TEST(mosquitto_pub_line, holds_no_secret_and_quotes_for_the_shell) {
  EXPECT_EQ(mosquitto_pub_line(full, "your/topic"),
            "mosquitto_pub -h broker.example -p 8883 -V mqttv5 --cafile lab-ca.crt --cert user.crt --key user.key "
            "-u 'it'\\''s me' -P \"$PASSWORD\" -t your/topic -m hello");
}

TEST(mosquitto_pub_line, of_an_open_listener_is_short) {
  EXPECT_EQ(mosquitto_pub_line({.address = "127.0.0.1", .port = 1883, .name = "127.0.0.1"}, ""),
            "mosquitto_pub -h 127.0.0.1 -p 1883 -V mqttv311 -t mqtts-harness -m hello");
}

TEST(mosquitto_sub_line, waits_for_one_message) {
  EXPECT_EQ(mosquitto_sub_line({.address = "127.0.0.1", .port = 1883, .name = "127.0.0.1"}, "$(reboot)"),
            "mosquitto_sub -h 127.0.0.1 -p 1883 -V mqttv311 -C 1 -t '$(reboot)'");
}

TEST(s_client_line, stays_until_the_verdict_is_there) {
  EXPECT_EQ(s_client_line(full),
            "sleep 1 | openssl s_client -brief -connect 127.0.0.1:8883 -verify_return_error -CAfile lab-ca.crt "
            "-cert user.crt -key user.key");
  EXPECT_EQ(s_client_line({.address = "::1", .port = 8883, .name = "::1", .tls = true}),
            "sleep 1 | openssl s_client -brief -connect '[::1]':8883");
}

TEST(to_observation, keeps_every_fact_and_shows_how_to_see_it_again) {
  wire::ConnectionFacts facts{Outcome::refused, By::tls_peer, 116, "certificate_required"};
  facts.tls = TlsFacts{.version = "TLSv1.3",
                       .cipher = "TLS_AES_256_GCM_SHA384",
                       .certificate_requested = true,
                       .verified = "ok",
                       .name_match = "commonName"};
  facts.detail = "tlsv13 alert certificate required";
  const auto seen = to_observation(facts, full);
  EXPECT_EQ(seen.outcome, Outcome::refused);
  EXPECT_EQ(seen.by, By::tls_peer);
  EXPECT_EQ(seen.code, 116);
  EXPECT_EQ(seen.reason, "certificate_required");
  EXPECT_EQ(seen.tls, facts.tls);
  ASSERT_EQ(seen.evidence.size(), 2U);
  EXPECT_EQ(seen.evidence[0].kind, EvidenceKind::tls);
  EXPECT_EQ(seen.evidence[0].text,
            "TLSv1.3 TLS_AES_256_GCM_SHA384; client certificate requested: yes, sent: no; server certificate: ok, name "
            "found in commonName; refused by tls-peer with 116 (certificate_required); tlsv13 alert certificate "
            "required");
  EXPECT_EQ(seen.evidence[1], (Evidence{EvidenceKind::reproduce, s_client_line(full)}));
}

TEST(to_observation, shows_a_refusal_of_mqtt_with_an_mqtt_client) {
  const auto seen = to_observation({Outcome::refused, By::mqtt, 5, "not_authorized"}, full);
  EXPECT_EQ(seen.evidence.back(), (Evidence{EvidenceKind::reproduce, mosquitto_pub_line(full, "")}));
}

}  // namespace
}  // namespace mqtts::probes
