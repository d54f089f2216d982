// Brokers that misbehave in every way, and exactly what our probe says of each.
#include <poll.h>

#include <thread>

#include <gtest/gtest.h>

#include "harness/wire/probe_connection.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/lab_material.h"

namespace mqtts::wire {
namespace {

namespace hostile = test::hostile;

std::string told(const ConnectionFacts& facts) {
  std::string text = std::string(to_string(facts.outcome)) + "/" + std::string(to_string(facts.by));
  if (facts.code) text += "/" + std::to_string(*facts.code);
  return text + (facts.reason.empty() ? "" : "/" + facts.reason);
}

class Probe : public testing::Test {
 protected:
  static constexpr auto patience = std::chrono::seconds(5);

  Client plain(std::uint16_t port) const { return {.address = "127.0.0.1", .port = port, .name = "127.0.0.1"}; }
  Client tls(std::uint16_t port) const {
    return {.address = "127.0.0.1", .port = port, .name = "127.0.0.1", .tls = true, .trust = material.ca};
  }
  hostile::TlsServer server(int lowest = TLS1_VERSION, int highest = TLS1_3_VERSION) const {
    return {.identity = material.server, .lowest = lowest, .highest = highest};
  }
  ConnectionFacts probe(const Client& client, Clock::duration span = patience, const TlsVersions& versions = {}) const {
    const auto start = Clock::now();
    auto facts = probe_connection(client, Deadline::in(span), versions);
    EXPECT_LT(seconds_since(start), std::chrono::duration<double>(span).count() + 0.5);
    EXPECT_TRUE(facts) << to_english(facts.error().what);
    return facts ? *facts : ConnectionFacts{};
  }
  std::string seen_plain(const test::Script& script, Clock::duration span = patience) const {
    const test::HostileBroker broker(script);
    return told(probe(plain(broker.port()), span));
  }
  std::string seen_tls(const test::Script& script, Clock::duration span = patience) const {
    const test::HostileBroker broker(script);
    return told(probe(tls(broker.port()), span));
  }

  static constexpr auto short_time = std::chrono::milliseconds(300);
  test::LabMaterial material;
};

TEST_F(Probe, sees_a_dead_broker) {
  EXPECT_EQ(told(probe(plain(test::closed_port()))), "refused/network/connection_refused");
  EXPECT_EQ(told(probe(tls(test::closed_port()))), "refused/network/connection_refused");
}

TEST_F(Probe, sees_connack_codes) {
  EXPECT_EQ(seen_plain(hostile::answers(hostile::connack(0))), "accepted/broker");
  EXPECT_EQ(seen_plain(hostile::answers_and_closes(hostile::connack(1))),
            "refused/mqtt/1/unsupported_protocol_version");
  EXPECT_EQ(seen_plain(hostile::answers_and_closes(hostile::connack(4))), "refused/mqtt/4/bad_user_name_or_password");
  EXPECT_EQ(seen_plain(hostile::answers_and_closes(hostile::connack(5))), "refused/mqtt/5/not_authorized");
  EXPECT_EQ(seen_plain(hostile::answers_and_closes(hostile::connack(99))), "refused/mqtt/99/code_99");
}

// A certificate that another server holds the key of is easily shown.
TEST_F(Probe, believes_a_good_certificate_only_with_its_key_and_a_weak_one_at_once) {
  const auto tls_server = [&](const Identity& identity) {
    return test::Script(hostile::behind_tls({.identity = identity}, hostile::answers(hostile::connack(0))));
  };
  const auto expired = material.signed_by_stranger(
      {.subject = "/CN=127.0.0.1", .validity = {-std::chrono::hours(48), -std::chrono::hours(1)}});
  const test::HostileBroker broker(tls_server(expired));
  auto client = tls(broker.port());
  const auto refused = probe(client).tls->certificate;
  EXPECT_EQ(refused.at("certificate.dates_valid"), FactValue(false));
  EXPECT_FALSE(refused.contains("certificate.strength_bits"));
  EXPECT_FALSE(refused.contains("certificate.name_valid"));

  client.trust.reset();
  const auto taken = probe(client).tls->certificate;
  EXPECT_EQ(taken.at("certificate.dates_valid"), FactValue(false));
  EXPECT_EQ(taken.at("certificate.strength_bits"), FactValue(128.0));
  EXPECT_EQ(taken.at("certificate.name_valid"), FactValue(true));
}

// MQTT 3.1.1, MQTT-3.2.2-5: who refuses must close.
TEST_F(Probe, a_refusal_that_leaves_the_connection_open_is_none) {
  const auto span = std::chrono::milliseconds(1500);
  EXPECT_EQ(seen_plain(hostile::answers(hostile::connack(5)), span), "timeout/network/5/not_closed");
  EXPECT_EQ(seen_tls(hostile::behind_tls(server(), hostile::answers(hostile::connack(5))), span),
            "timeout/network/5/not_closed");
}

TEST_F(Probe, a_client_that_is_refused_and_served_is_let_in) {
  const auto serves_all_the_same = [](test::Peer& peer) {
    (void)peer.read_some();
    peer.write(hostile::connack(5));
    (void)peer.read_some();
    peer.write("\xd0" + std::string(1, '\0'));  // PINGRESP
  };
  EXPECT_EQ(seen_plain(serves_all_the_same), "accepted/broker/5/not_authorized");
}

TEST_F(Probe, a_broker_that_closes_late_has_refused) {
  const auto closes_late = [](test::Peer& peer) {
    (void)peer.read_some();
    peer.write(hostile::connack(5));
    peer.pause(std::chrono::milliseconds(1500));
  };
  EXPECT_EQ(seen_plain(closes_late), "refused/mqtt/5/not_authorized");
}

TEST_F(Probe, a_broker_that_closes_only_when_it_is_asked_has_refused) {
  const auto closes_late = [](test::Peer& peer) {
    (void)peer.read_some();
    peer.write(hostile::connack(5));
    (void)peer.read_some();
  };
  EXPECT_EQ(seen_plain(closes_late), "refused/mqtt/5/not_authorized");
}

TEST_F(Probe, sees_an_mqtt_3_broker_refuse_mqtt_5) {
  const test::HostileBroker broker(hostile::answers_and_closes(hostile::connack(1)));
  auto client = plain(broker.port());
  client.mqtt = MqttVersion::v5_0;
  EXPECT_EQ(told(probe(client)), "refused/mqtt/1/unsupported_protocol_version");
}

TEST_F(Probe, sees_silence) {
  EXPECT_EQ(seen_plain(hostile::says_nothing(), short_time), "timeout/network/no_answer");
  EXPECT_EQ(seen_tls(hostile::says_nothing(), short_time), "timeout/network/no_answer");
  EXPECT_EQ(seen_tls(hostile::behind_tls(server(), hostile::says_nothing()), short_time), "timeout/network/no_answer");
}

TEST_F(Probe, sees_a_connection_that_ends_without_a_word) {
  EXPECT_EQ(seen_plain(hostile::closes_at_once()), "closed/broker");
  EXPECT_EQ(seen_plain(hostile::resets_at_once()), "closed/broker");
  EXPECT_EQ(seen_plain(hostile::answers_and_closes("")), "closed/broker");
  EXPECT_EQ(seen_plain(hostile::answers_and_closes("\x20")), "closed/broker");
  EXPECT_EQ(seen_plain(hostile::resets_after_reading()), "closed/broker");
}

TEST_F(Probe, sees_a_connection_that_ends_before_the_handshake_is_done) {
  EXPECT_EQ(seen_tls(hostile::closes_at_once()), "closed/broker");
  EXPECT_EQ(seen_tls(hostile::resets_at_once()), "closed/broker");
  EXPECT_EQ(seen_tls(hostile::answers_and_closes("")), "closed/broker");
  EXPECT_EQ(seen_tls(hostile::answers_and_closes(hostile::half_a_server_hello())), "closed/broker");
}

TEST_F(Probe, sees_a_connection_that_ends_after_the_handshake_without_an_alert) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    EXPECT_EQ(seen_tls(hostile::behind_tls(server(version, version), hostile::closes_at_once())), "closed/broker");
    EXPECT_EQ(seen_tls(hostile::behind_tls(server(version, version), hostile::resets_at_once())), "closed/broker");
    EXPECT_EQ(seen_tls(hostile::behind_tls(server(version, version), hostile::resets_after_reading())),
              "closed/broker");
  }
}

TEST_F(Probe, sees_bytes_that_are_not_mqtt) {
  EXPECT_EQ(seen_plain(hostile::answers(hostile::http_error())), "garbled/broker");
  EXPECT_EQ(seen_plain(hostile::answers(hostile::suback())), "garbled/broker");
  EXPECT_EQ(seen_plain(hostile::answers("\xff\xfe garbage")), "garbled/broker");
  EXPECT_EQ(seen_plain(hostile::answers_endlessly("\x20\xff\xff\xff\x7f")), "garbled/broker");
  EXPECT_EQ(seen_plain(hostile::answers_endlessly("\x20\xff\xff\xff\xff")), "garbled/broker");
  EXPECT_EQ(seen_tls(hostile::behind_tls(server(), hostile::answers(hostile::suback()))), "garbled/broker");
}

TEST_F(Probe, sees_bytes_that_are_not_tls) {
  EXPECT_EQ(seen_tls(hostile::answers(hostile::http_error())), "garbled/broker");
  EXPECT_EQ(seen_tls(hostile::answers(hostile::connack(5))), "garbled/broker");
  EXPECT_EQ(seen_tls(hostile::answers("\xff\xfe garbage")), "garbled/broker");
  EXPECT_EQ(seen_tls(hostile::answers_endlessly("\x16\x03\x03")), "garbled/broker");
  EXPECT_EQ(seen_tls(hostile::answers("\x17\x03\x03\x01\x01nonsense"), short_time), "timeout/network/no_answer");
}

TEST_F(Probe, waits_for_an_answer_that_comes_byte_by_byte) {
  const auto fast = std::chrono::milliseconds(10);
  EXPECT_EQ(seen_plain(hostile::drips(hostile::connack(0), fast)), "accepted/broker");
  EXPECT_EQ(seen_tls(hostile::behind_tls(server(), hostile::drips(hostile::connack(0), fast))), "accepted/broker");
}

TEST_F(Probe, does_not_wait_for_ever_for_an_answer_that_comes_byte_by_byte) {
  EXPECT_EQ(seen_plain(hostile::drips(hostile::connack(0), std::chrono::seconds(1)), short_time),
            "timeout/network/no_answer");
  EXPECT_EQ(seen_tls(hostile::answers(hostile::half_a_server_hello()), short_time), "timeout/network/no_answer");
}

TEST_F(Probe, sees_every_alert) {
  for (const auto& [number, name] : {std::pair{40, "handshake_failure"},
                                     {48, "unknown_ca"},
                                     {70, "protocol_version"},
                                     {116, "certificate_required"},
                                     {99, "alert_99"}}) {
    const test::HostileBroker broker(hostile::answers_and_closes(hostile::tls_alert(number)));
    const auto facts = probe(tls(broker.port()));
    EXPECT_EQ(told(facts), "refused/tls-peer/" + std::to_string(number) + "/" + name);
    EXPECT_FALSE(facts.tls->certificate_requested);  // 40 without a request: no common cipher
    EXPECT_EQ(facts.tls->version, "");
  }
}

TEST_F(Probe, offers_old_tls_too) {
  const test::HostileBroker broker(
      hostile::behind_tls(server(TLS1_VERSION, TLS1_1_VERSION), hostile::answers(hostile::connack(0))));
  const auto facts = probe(tls(broker.port()));
  EXPECT_EQ(told(facts), "accepted/broker");
  EXPECT_EQ(facts.tls->version, "TLSv1.1");
}

TEST_F(Probe, says_who_refused_a_version) {
  const test::HostileBroker old(
      hostile::behind_tls(server(TLS1_VERSION, TLS1_1_VERSION), hostile::answers(hostile::connack(0))));
  EXPECT_EQ(told(probe(tls(old.port()), patience, {.lowest = TLS1_2_VERSION})), "refused/tls-peer/70/protocol_version");
  const test::HostileBroker young(
      hostile::behind_tls(server(TLS1_3_VERSION, TLS1_3_VERSION), hostile::answers(hostile::connack(0))));
  EXPECT_EQ(told(probe(tls(young.port()), patience, {.highest = TLS1_2_VERSION})),
            "refused/tls-peer/70/protocol_version");
}

TEST_F(Probe, gets_in_where_no_session_ticket_is_ever_sent) {
  auto quiet = server(TLS1_3_VERSION, TLS1_3_VERSION);
  quiet.tickets = 0;
  const test::HostileBroker broker(hostile::behind_tls(quiet, hostile::answers(hostile::connack(0))));
  const auto facts = probe(tls(broker.port()));
  EXPECT_EQ(told(facts), "accepted/broker");
  EXPECT_GT(facts.seconds, 0.06);  // the grace
}

// A server that proves nothing after the handshake, and answers only those who speak before its slow handshake's time
// has passed once more.
TEST_F(Probe, speaks_at_once_if_it_is_asked_to) {
  auto quiet = server(TLS1_3_VERSION, TLS1_3_VERSION);
  quiet.tickets = 0;
  const auto impatient = hostile::behind_tls(quiet, [](test::Peer& peer) {
    pollfd client{peer.fd(), POLLIN, 0};
    if (poll(&client, 1, 700) == 1) hostile::answers(hostile::connack(0))(peer);
  });
  const test::HostileBroker broker([&](test::Peer& peer) {
    if (peer.pause(std::chrono::milliseconds(1500))) impatient(peer);
  });
  auto client = tls(broker.port());
  EXPECT_EQ(told(probe(client)), "closed/broker");
  client.connect_without_waiting = true;
  EXPECT_EQ(told(probe(client)), "accepted/broker");
}

TEST_F(Probe, verifies_the_chain_before_the_name) {
  const auto expect = [this](const Identity& identity, const std::string& expected) {
    const test::HostileBroker broker(
        hostile::behind_tls({.identity = identity}, hostile::answers(hostile::connack(0))));
    EXPECT_EQ(told(probe(tls(broker.port()))), expected);
  };
  expect(material.signed_by_stranger({.subject = "/CN=elsewhere"}),
         "refused/tls-self/20/unable_to_get_local_issuer_certificate");
  expect(material.signed_by_lab(
             {.subject = "/CN=127.0.0.1", .validity = {-std::chrono::hours(48), -std::chrono::hours(24)}}),
         "refused/tls-self/10/certificate_has_expired");
  expect(material.signed_by_lab(
             {.subject = "/CN=127.0.0.1", .validity = {std::chrono::hours(24), std::chrono::hours(48)}}),
         "refused/tls-self/9/certificate_not_yet_valid");
  expect(material.signed_by_lab({.subject = "/CN=127.0.0.1", .purposes = {pki::Purpose::client_authentication}}),
         "refused/tls-self/26/invalid_purpose");
  expect(material.signed_by_lab({.subject = "/C=FR/L=PARIS/CN=Lab CA"}), "refused/tls-self/18/self_signed_certificate");
  expect(material.signed_by_lab({.subject = "/CN=127.0.0.1", .alternative_names = {"10.0.0.1"}}),
         "refused/tls-self/64/ip_address_mismatch");
  expect(material.signed_by_lab({.subject = "/CN=elsewhere", .alternative_names = {"127.0.0.1"}}), "accepted/broker");
}

// Whoever shows a certificate may have copied it.
TEST_F(Probe, knows_when_the_server_has_proven_its_key) {
  for (const auto version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto demanding = server(version, version);
    demanding.admits = [](const X509&) { return false; };
    const test::HostileBroker broker(hostile::behind_tls(demanding, hostile::says_nothing()));
    const auto refused = probe(tls(broker.port()));
    EXPECT_EQ(refused.by, By::tls_peer);
    EXPECT_EQ(refused.tls->verified, "ok");
    EXPECT_TRUE(refused.tls->key_proven) << version;
    auto stranger = server(version, version);
    stranger.identity = material.signed_by_stranger({.subject = "/CN=127.0.0.1"});
    const test::HostileBroker other(hostile::behind_tls(stranger, hostile::says_nothing()));
    EXPECT_FALSE(probe(tls(other.port())).tls->key_proven) << "we have left before";
  }
}

TEST_F(Probe, does_not_compare_the_servers_name_if_it_is_told_so) {
  const test::HostileBroker broker(hostile::behind_tls(
      {.identity = material.signed_by_lab({.subject = "/CN=elsewhere"})}, hostile::answers(hostile::connack(0))));
  auto client = tls(broker.port());
  client.any_server_name = true;
  EXPECT_EQ(told(probe(client)), "accepted/broker");
  client.trust = material.stranger_ca;
  EXPECT_EQ(probe(client).by, By::tls_self) << "its signature is verified all the same";
}

TEST_F(Probe, connects_to_nobody_with_a_key_of_another_certificate) {
  const test::HostileBroker broker(hostile::says_nothing());
  auto client = tls(broker.port());
  client.identity = Identity{material.client.certificate, material.server.key};
  EXPECT_EQ(probe_connection(client, Deadline::in(patience)).error().kind, ErrorKind::local);
  EXPECT_EQ(broker.connections(), 0);
}

TEST_F(Probe, notices_a_stop) {
  StopFlag stop = 0;
  const test::HostileBroker broker(hostile::says_nothing());
  const auto start = Clock::now();
  std::jthread stopper([&] {
    while (broker.connections() == 0 && seconds_since(start) < 5) std::this_thread::yield();
    stop = 2;
  });
  const auto facts = probe_connection(plain(broker.port()), Deadline::in(std::chrono::seconds(20), &stop));
  EXPECT_EQ(facts.error().kind, ErrorKind::interrupted);
  EXPECT_LT(seconds_since(start), 1.0);
}

}  // namespace
}  // namespace mqtts::wire
