// MQTT over WebSocket, as our probe sees it: Mosquitto, and servers that misbehave.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "harness/util/deadline.h"
#include "harness/wire/probe_connection.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/lab_material.h"
#include "tests/support/must.h"
#include "tests/support/private_mosquitto.h"
#include "tests/support/websocket_server.h"

namespace mqtts::wire {
namespace {

namespace hostile = test::hostile;

Client client_of(std::uint16_t port) {
  return {.address = "127.0.0.1", .port = port, .name = "127.0.0.1", .websocket = true};
}

std::string summary_of(const ConnectionFacts& facts) {
  std::string text = std::string(to_string(facts.outcome)) + "/" + std::string(to_string(facts.by));
  if (facts.code) text += "/" + std::to_string(*facts.code);
  if (facts.http_status) text += "/http " + std::to_string(*facts.http_status);
  return text + (facts.reason.empty() ? "" : "/" + facts.reason);
}

std::string seen(const Client& client, Clock::duration span = std::chrono::seconds(5)) {
  const auto start = Clock::now();
  const auto facts = test::must(probe_connection(client, Deadline::in(span)));
  EXPECT_LT(Clock::now() - start, span + std::chrono::milliseconds(500));
  return summary_of(facts);
}

std::string seen_of(const test::Script& script, Clock::duration span = std::chrono::seconds(5)) {
  const test::HostileBroker broker(script);
  return seen(client_of(broker.port()), span);
}

TEST(WebSocket, lets_a_client_into_mosquitto) {
  const auto port = test::closed_port();
  auto lines = test::websocket_listener(port);
  lines.emplace_back("allow_anonymous true");
  const test::PrivateMosquitto broker(lines);
  for (const auto version : {MqttVersion::v3_1_1, MqttVersion::v5_0}) {
    auto client = client_of(port);
    client.mqtt = version;
    EXPECT_EQ(seen(client), "accepted/broker");
    client.websocket_path = "/anything";
    EXPECT_EQ(seen(client), "accepted/broker");
  }
  auto plain = client_of(port);
  plain.websocket = false;
  EXPECT_EQ(seen(plain), "garbled/broker");
  EXPECT_EQ(seen(client_of(broker.port())), "closed/broker");
}

TEST(WebSocket, tells_who_refused_within_tls) {
  test::LabMaterial material;
  const auto port = test::closed_port();
  auto lines =
      test::websocket_listener(port, {"cafile " + material.ca.file, "certfile " + material.server.certificate.file,
                                      "keyfile " + material.server.key.file, "require_certificate true"});
  lines.emplace_back("allow_anonymous false");
  lines.emplace_back("password_file " + test::write_password_file(material.folder(), {{"alice", "right"}}));
  const test::PrivateMosquitto broker(lines);
  auto client = client_of(port);
  client.tls = true;
  client.trust = material.ca;
  client.identity = material.client;
  client.user_name = "alice";
  client.password = "right";
  EXPECT_EQ(seen(client), "accepted/broker");
  client.password = "wrong";
  EXPECT_EQ(seen(client), "refused/mqtt/5/not_authorized");
  client.identity.reset();
  EXPECT_EQ(seen(client), "refused/tls-peer/116/certificate_required");
}

TEST(WebSocket, takes_an_answer_in_many_frames) {
  using namespace std::string_literals;
  EXPECT_EQ(seen_of(hostile::after_upgrade(hostile::answers("\x02\x01\x20\x89\x01!\x00\x00\x80\x03\x02\x00\x00"s))),
            "accepted/broker");
  EXPECT_EQ(seen_of(hostile::behind_websocket(hostile::answers_and_closes(hostile::connack(5)))),
            "refused/mqtt/5/not_authorized");
}

TEST(WebSocket, answers_a_ping) {
  std::atomic<bool> answered = false;
  EXPECT_EQ(seen_of(hostile::after_upgrade([&](test::Peer& peer) {
              peer.read_some();
              peer.write("\x89\x01!");
              answered = peer.read_some().starts_with("\x8a\x81");
              peer.write("\x82\x04" + hostile::connack(0));
              peer.read_some();
            })),
            "accepted/broker");
  EXPECT_TRUE(answered);
}

TEST(WebSocket, says_what_a_plan_says) {
  std::string request;
  const test::HostileBroker broker([&](test::Peer& peer) {
    request = peer.read_some();
    peer.write(hostile::http_error());
  });
  auto client = client_of(broker.port());
  client.websocket_path = "/ws/mqtt";
  client.origin = "http://site.example";
  EXPECT_EQ(seen(client), "closed/broker/http 400/websocket_refused");
  EXPECT_TRUE(request.starts_with("GET /ws/mqtt HTTP/1.1\r\n"));
  EXPECT_EQ(test::header_of(request, "Host"), "127.0.0.1:" + std::to_string(broker.port()));
  EXPECT_EQ(test::header_of(request, "Origin"), "http://site.example");
}

TEST(WebSocket, takes_no_bad_path) {
  auto client = client_of(1);
  const test::HostileBroker broker(hostile::says_nothing());
  client.port = broker.port();
  client.websocket_path = "/a b";
  EXPECT_EQ(probe_connection(client, test::soon()).error().kind, ErrorKind::local);
}

TEST(WebSocket, is_not_deceived) {
  using namespace std::string_literals;
  const auto span = std::chrono::milliseconds(400);
  EXPECT_EQ(seen(client_of(test::closed_port())), "refused/network/connection_refused");
  EXPECT_EQ(seen_of(hostile::says_nothing(), span), "timeout/network/no_answer");
  EXPECT_EQ(seen_of(hostile::never_reads(), span), "timeout/network/no_answer");
  EXPECT_EQ(seen_of(hostile::closes_at_once()), "closed/broker");
  EXPECT_EQ(seen_of(hostile::answers(hostile::connack(0))), "garbled/broker");
  EXPECT_EQ(seen_of(hostile::answers_endlessly("HTTP/1.1 101 X\r\n")), "garbled/broker");
  EXPECT_EQ(seen_of(hostile::after_upgrade(hostile::answers(hostile::connack(0)))), "garbled/broker");
  EXPECT_EQ(seen_of(hostile::after_upgrade(hostile::answers("\x88\x02\x03\xea"s))), "closed/broker");
  EXPECT_EQ(seen_of(hostile::after_upgrade(hostile::answers_endlessly("", "\x89\x00"s))), "garbled/broker");
  EXPECT_EQ(seen_of(hostile::after_upgrade(hostile::answers_endlessly("", "\x82\x00"s))), "garbled/broker");
  EXPECT_EQ(seen_of(hostile::after_upgrade(hostile::drips("\x82\x04\x20"s, std::chrono::milliseconds(20))), span),
            "timeout/network/no_answer");
}

// An upgrade that was meant for another client, as a cache may give it.
TEST(WebSocket, takes_no_upgrade_of_another_key) {
  EXPECT_EQ(seen_of([](test::Peer& peer) {
              peer.read_some();
              peer.write(test::upgrade_answer("GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
              peer.write("\x82\x04" + hostile::connack(0));
              peer.read_some();
            }),
            "garbled/broker");
}

}  // namespace
}  // namespace mqtts::wire
