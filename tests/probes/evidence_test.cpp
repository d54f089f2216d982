#include "harness/probes/evidence.h"

#include <gmock/gmock.h>

namespace mqtts::probes {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const Client full{.address = "127.0.0.1",
                  .port = 8883,
                  .name = "broker.example",
                  .tls = true,
                  .trust = Pem{"TRUST", "/secret/folder/lab-ca.crt"},
                  .identity = Identity{{"CERTIFICATE", "/secret/folder/user.crt"}, {"KEY", "/secret/folder/user.key"}},
                  .user_name = "it's me",
                  .password = "hunter2",
                  .password_of = "user-1",
                  .mqtt = MqttVersion::v5_0};

TEST(connect_command, holds_no_secret_and_quotes_for_the_shell) {
  EXPECT_EQ(connect_command(full).text,
            "mosquitto_pub -h broker.example -p 8883 -V mqttv5 --cafile lab-ca.crt --cert user.crt --key user.key "
            "-u 'it'\\''s me' -P \"${USER_1_PASSWORD:?}\" -t mqtts-harness -m hello");
}

TEST(connect_command, of_an_open_listener_is_short) {
  EXPECT_EQ(connect_command({.address = "127.0.0.1", .port = 1883, .name = "127.0.0.1"}).text,
            "mosquitto_pub -h 127.0.0.1 -p 1883 -V mqttv311 -t mqtts-harness -m hello");
}

TEST(connect_command, has_another_wrong_password_in_place_of_a_wrong_one) {
  auto client = full;
  client.password_of.clear();
  EXPECT_THAT(connect_command(client).text, HasSubstr(R"(-P "${PASSWORD:?}")"));
  client.has_wrong_password = true;
  EXPECT_THAT(connect_command(client).text, HasSubstr("-P a-wrong-password"));
}

TEST(connect_command, verifies_no_name_where_that_is_set_aside) {
  auto client = full;
  client.any_server_name = true;
  EXPECT_THAT(connect_command(client).text, HasSubstr("--insecure"));
}

TEST(connect_command, names_files_where_they_are_kept_and_says_which) {
  auto client = full;
  client.trust->shown = "/reports/my lab/lab-ca.crt";
  client.identity->certificate.shown = client.identity->certificate.file;
  client.identity->key.shown = "host:/home/me/user.key";
  const auto command = connect_command(client);
  EXPECT_THAT(command.text, HasSubstr("--cafile '/reports/my lab/lab-ca.crt' --cert /secret/folder/user.crt "
                                      "--key host:/home/me/user.key"));
  EXPECT_THAT(command.files, ElementsAre(KeptFile{"/secret/folder/lab-ca.crt", "/reports/my lab/lab-ca.crt"},
                                         KeptFile{"/secret/folder/user.key", "host:/home/me/user.key"}));
}

TEST(deliver_command, waits_for_one_message) {
  const Client open{.address = "127.0.0.1", .port = 1883, .name = "127.0.0.1"};
  EXPECT_EQ(deliver_command(open, open, {.topic = "$(reboot)"}).text,
            "mosquitto_sub -h 127.0.0.1 -p 1883 -V mqttv311 -W 7 -C 1 -t '$(reboot)' & sleep 2; "
            "mosquitto_pub -h 127.0.0.1 -p 1883 -V mqttv311 -t '$(reboot)' -m hello && wait $!");
}

TEST(deliver_command, never_needs_the_brokers_own_key) {
  auto reader = full;
  reader.identity->key.shown = "host:/etc/server.key";
  EXPECT_THAT(deliver_command(full, reader, {.topic = "t"}).text, Not(HasSubstr("host:")));
  EXPECT_THAT(deliver_command(reader, reader, {.topic = "t"}).text, HasSubstr("host:/etc/server.key"))
      << "there is no other one to present";
}

TEST(large_message_command, is_of_a_client_that_heeds_no_limit) {
  EXPECT_EQ(large_message_command(full, "a b", 1024).text,
            "head -c 1024 /dev/zero | mosquitto_pub -h broker.example -p 8883 -V mqttv311 --cafile lab-ca.crt "
            "--cert user.crt --key user.key -u 'it'\\''s me' -P \"${USER_1_PASSWORD:?}\" -q 1 -t 'a b' -s");
}

TEST(session_commands, let_two_users_say_one_client_id) {
  const Client owner{.address = "127.0.0.1", .port = 1883, .name = "127.0.0.1", .user_name = "ann"};
  auto intruder = owner;
  intruder.user_name = "eve";
  const std::string at = " -h 127.0.0.1 -p 1883 -V mqttv311";
  EXPECT_EQ(takeover_command(owner, intruder).text,
            "mosquitto_sub" + at + " -u ann -i same-id -W 6 -d -t mqtts-harness & sleep 2; mosquitto_pub" + at +
                " -u eve -i same-id -t mqtts-harness -m hello; wait $!");
  EXPECT_EQ(session_theft_command(owner, intruder, "t").text,
            "mosquitto_sub" + at + " -u ann -i same-id -c -q 1 -t t -E; mosquitto_pub" + at +
                " -u ann -q 1 -t t -m hello; mosquitto_sub" + at + " -u eve -i same-id -c -q 1 -t t -C 1 -W 5; " +
                "mosquitto_sub" + at + " -u ann -i same-id -t t -E");
}

// Mosquitto's programs trust no server without a CA.
TEST(replace_command, leaves_none_that_cannot_be_tried) {
  auto client = full;
  Observation seen{.evidence = {connect_command(client)}};
  replace_command(seen, client, takeover_command(client, client));
  ASSERT_EQ(seen.evidence.size(), 1u);
  EXPECT_THAT(seen.evidence.front().text, HasSubstr("same-id"));
  client.trust.reset();
  replace_command(seen, client, takeover_command(client, client));
  EXPECT_TRUE(seen.evidence.empty());
}

TEST(handshake_command, stays_until_the_verdict_is_there) {
  EXPECT_EQ(handshake_command(full).text,
            "sleep 2 | openssl s_client -brief -connect 127.0.0.1:8883 -verify_return_error -CAfile lab-ca.crt "
            "-cert user.crt -key user.key");
  EXPECT_EQ(handshake_command({.address = "::1", .port = 8883, .name = "::1", .tls = true}).text,
            "sleep 2 | openssl s_client -brief -connect '[::1]':8883");
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
  EXPECT_EQ(seen.evidence[1], handshake_command(full));
}

TEST(to_observation, shows_a_refusal_of_mqtt_with_an_mqtt_client) {
  const auto seen = to_observation({Outcome::refused, By::mqtt, 5, "not_authorized"}, full);
  EXPECT_EQ(seen.evidence.back(), connect_command(full));
}

TEST(to_observation, shows_a_server_that_is_not_trusted_with_the_client_that_says_so) {
  const auto misnamed = to_observation({Outcome::refused, By::tls_self, 62, "hostname_mismatch"}, full);
  EXPECT_EQ(misnamed.evidence.back(), connect_command(full)) << "s_client verifies no name";
  const auto unknown = to_observation({Outcome::refused, By::tls_self, 19, "self_signed_certificate_in_chain"}, full);
  EXPECT_EQ(unknown.evidence.back(), handshake_command(full)) << "mosquitto_pub does not say why";
  auto nobodys = full;
  nobodys.trust.reset();
  EXPECT_EQ(to_observation({Outcome::accepted, By::broker}, nobodys).evidence.back(), handshake_command(nobodys))
      << "mosquitto_pub cannot do without a CA";
}

TEST(to_observation, names_the_key_that_stays_on_the_host) {
  auto client = full;
  client.identity->key.shown = "host:/home/me/user.key";
  const auto command = to_observation({Outcome::accepted, By::broker}, client).evidence.back();
  EXPECT_THAT(command.text, HasSubstr("--key host:/home/me/user.key"));
  EXPECT_TRUE(std::ranges::any_of(command.files, [](const KeptFile& it) { return it.as == "host:/home/me/user.key"; }));
}

}  // namespace
}  // namespace mqtts::probes
