// Listeners of MQTT over WebSocket: both witnesses, and who may speak there.
#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/probes/guessing_probe.h"
#include "harness/probes/logins_probe.h"
#include "harness/probes/origin_probe.h"
#include "harness/probes/probes.h"
#include "harness/probes/timing_probe.h"
#include "tests/probes/login_server.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/lab_material.h"
#include "tests/support/must.h"
#include "tests/support/private_mosquitto.h"
#include "tests/support/websocket_server.h"

namespace mqtts::probes {
namespace {

namespace hostile = test::hostile;

Client on_websocket(std::uint16_t port) {
  return {.address = "127.0.0.1", .port = port, .name = "127.0.0.1", .websocket = true};
}

Observation told_by_both(const Client& client, const std::string& kind = "connect") {
  WireProber prober;
  return test::must(
      prober.observe({.client = client, .kind = kind, .parameters = {{"topic", "your/topic"}}}, test::soon()));
}

bool paho_was_asked(const Observation& seen) {
  for (const auto& each : seen.evidence)
    if (each.kind == EvidenceKind::paho) return true;
  return false;
}

TEST(WebSocketListener, that_is_open_lets_both_witnesses_in) {
  const auto port = test::closed_port();
  auto lines = test::websocket_listener(port);
  lines.emplace_back("allow_anonymous true");
  const test::PrivateMosquitto broker(lines);
  for (const auto version : {MqttVersion::v3_1_1, MqttVersion::v5_0}) {
    auto client = on_websocket(port);
    client.mqtt = version;
    const auto seen = told_by_both(client);
    EXPECT_EQ(seen.outcome, Outcome::accepted);
    EXPECT_TRUE(paho_was_asked(seen));
    EXPECT_EQ(told_by_both(client, "deliver").outcome, Outcome::accepted);
  }
}

TEST(WebSocketListener, that_is_protected_lets_in_who_has_all_it_asks_for) {
  test::LabMaterial material;
  const auto port = test::closed_port();
  auto lines =
      test::websocket_listener(port, {"cafile " + material.ca.file, "certfile " + material.server.certificate.file,
                                      "keyfile " + material.server.key.file, "require_certificate true"});
  lines.emplace_back("allow_anonymous false");
  lines.emplace_back("password_file " + test::write_password_file(material.folder(), {{"alice", "right"}}));
  const test::PrivateMosquitto broker(lines);
  auto client = on_websocket(port);
  client.tls = true;
  client.trust = material.ca;
  client.identity = material.client;
  client.user_name = "alice";
  client.password = "right";
  EXPECT_EQ(told_by_both(client).outcome, Outcome::accepted);
  EXPECT_EQ(told_by_both(client, "deliver").outcome, Outcome::accepted);
  EXPECT_EQ(std::get<bool>(
                test::must(login_guessing_kind().run({.client = client}, test::soon())).facts.at("guessing.slowed")),
            false);
  EXPECT_TRUE(test::must(logins_kind().run({.client = client}, test::soon())).facts.contains("logins.accepted"));

  auto anonymous = client;
  anonymous.user_name.reset();
  anonymous.password.reset();
  EXPECT_EQ(told_by_both(anonymous).reason, "not_authorized");
  auto nameless = client;
  nameless.identity.reset();
  EXPECT_EQ(told_by_both(nameless).reason, "certificate_required");
  auto in_clear = client;
  in_clear.tls = false;
  in_clear.trust.reset();
  EXPECT_NE(told_by_both(in_clear).outcome, Outcome::accepted);
}

TEST(WebSocketListener, that_refuses_by_http_has_refused_both) {
  const test::HostileBroker broker(hostile::answers_and_closes("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
  const auto seen = told_by_both(on_websocket(broker.port()));
  EXPECT_EQ(seen.outcome, Outcome::closed);
  EXPECT_EQ(seen.reason, "websocket_refused");
}

TEST(WebSocketListener, is_shown_by_a_line_to_paste) {
  const test::HostileBroker broker(hostile::behind_websocket(hostile::answers(hostile::connack(0))));
  const auto seen = told_by_both(on_websocket(broker.port()));
  std::string line;
  for (const auto& each : seen.evidence)
    if (each.kind == EvidenceKind::reproduce) line = each.text;
  EXPECT_NE(line.find("curl "), std::string::npos) << line;
  EXPECT_NE(line.find(" http://127.0.0.1:" + std::to_string(broker.port()) + "/mqtt "), std::string::npos) << line;
}

TEST(WebSocketListener, gives_away_who_exists_by_its_times) {
  test::LoginServer server([](const test::ReceivedLogin& login) {
    const bool is_known_and_wrong = login.user_name == "alice" && !login.is_alices();
    return test::LoginAnswer{.code = login.is_alices() ? 0 : 5,
                             .delay = std::chrono::milliseconds(is_known_and_wrong ? 20 : 0)};
  });
  const test::HostileBroker broker(hostile::behind_websocket([&](test::Peer& peer) { server.serve(peer); }));
  auto client = server.alice();
  client.port = broker.port();
  client.websocket = true;
  const auto seen = test::must(login_timing_kind().run({.client = client}, test::soon()));
  EXPECT_TRUE(std::get<bool>(seen.facts.at("timing.distinguishable")));
}

// ---- origins

std::optional<bool> foreign_accepted(const Client& client, Clock::duration timeout = std::chrono::seconds(2)) {
  const auto seen = test::must(websocket_origin_kind().run({.client = client, .timeout = timeout}, test::soon()));
  const auto found = seen.facts.find("websocket.foreign_origin_accepted");
  return found == seen.facts.end() ? std::nullopt : std::optional(std::get<bool>(found->second));
}

using Takes = std::function<bool(const std::string& origin)>;

// Answers as these scripts do: who is taken, and who is not.
test::Script by_origin(Takes takes, std::string refusal, int code = 0) {
  return [takes = std::move(takes), refusal = std::move(refusal), code](test::Peer& peer) {
    const auto request = peer.read_some();
    if (!takes(test::header_of(request, "Origin"))) {
      peer.write(refusal);
      return;
    }
    peer.write(test::upgrade_answer(request));
    test::WebSocketPeer websocket(peer);
    websocket.read_some();
    websocket.write(hostile::connack(code));
    if (code == 0) websocket.read_some();
  };
}

const std::string forbidden = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";

std::optional<bool> foreign_accepted_by(const test::Script& script) {
  const test::HostileBroker broker(script);
  return foreign_accepted(on_websocket(broker.port()));
}

TEST(Origin, of_any_site_is_taken_by_mosquitto) {
  const auto port = test::closed_port();
  auto lines = test::websocket_listener(port);
  lines.emplace_back("allow_anonymous false");
  const test::PrivateMosquitto broker(lines);
  EXPECT_EQ(foreign_accepted(on_websocket(port)), true);
}

TEST(Origin, of_a_stranger_is_refused_by_who_checks_it) {
  for (const int code : {0, 5}) {
    EXPECT_EQ(foreign_accepted_by(by_origin([](const auto& origin) { return origin.empty(); }, forbidden, code)),
              false);
    EXPECT_EQ(foreign_accepted_by(by_origin(
                  [](const auto& origin) { return origin.find("127.0.0.1") != std::string::npos; }, forbidden, code)),
              false);
  }
  EXPECT_EQ(foreign_accepted_by(by_origin([](const auto& origin) { return origin.empty(); }, "")), false);
}

TEST(Origin, is_not_known_to_be_checked_by_who_refuses_everybody) {
  EXPECT_EQ(foreign_accepted_by(by_origin([](const auto&) { return false; }, forbidden)), std::nullopt);
  EXPECT_EQ(foreign_accepted_by(hostile::closes_at_once()), std::nullopt);
  EXPECT_EQ(foreign_accepted_by(hostile::behind_websocket(hostile::closes_at_once())), std::nullopt);
  EXPECT_EQ(foreign_accepted(on_websocket(test::closed_port())), std::nullopt);
}

TEST(Origin, is_not_known_to_be_checked_by_a_busy_or_broken_server) {
  for (const auto* answer : {"HTTP/1.1 503 Busy\r\n\r\n", "HTTP/1.1 429 Slow Down\r\n\r\n", "HTTP/1.1 500 Oops\r\n\r\n",
                             "HTTP/1.1 302 Found\r\n\r\n", "nonsense"})
    EXPECT_EQ(foreign_accepted_by(by_origin([](const auto& origin) { return origin.empty(); }, answer)), std::nullopt)
        << answer;
  std::atomic<int> count = 0;
  EXPECT_EQ(foreign_accepted_by(by_origin([&](const auto&) { return ++count == 1; }, forbidden)), std::nullopt);
}

TEST(Origin, is_not_known_to_be_checked_by_silence) {
  const test::HostileBroker broker([](test::Peer& peer) {
    const auto request = peer.read_some();
    if (test::header_of(request, "Origin").empty()) {
      peer.write(test::upgrade_answer(request));
      test::WebSocketPeer websocket(peer);
      websocket.read_some();
      websocket.write(hostile::connack(0));
    }
    while (!peer.read_some().empty()) continue;
  });
  EXPECT_EQ(foreign_accepted(on_websocket(broker.port()), std::chrono::milliseconds(300)), std::nullopt);
}

TEST(Origin, is_a_matter_of_websocket_alone) {
  auto client = on_websocket(1);
  client.websocket = false;
  EXPECT_EQ(websocket_origin_kind().run({.client = client}, test::soon()).error().kind, ErrorKind::local);
}

}  // namespace
}  // namespace mqtts::probes
