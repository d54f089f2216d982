// Denials: by silence, by code, and by brokers that end the connection.
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "harness/probes/probes.h"
#include "tests/probes/tiny_broker.h"
#include "tests/probes/two_users.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/two_faced_broker.h"

namespace mqtts::probes {
namespace {

using test::Passes;
using test::Peer;

std::string outcome_of(const Result<Observation>& seen) {
  if (!seen) return to_english(seen.error().what);
  std::string text = std::string(to_string(seen->outcome)) + "/" + std::string(to_string(seen->by));
  return text + (seen->reason.empty() ? "" : "/" + seen->reason);
}

std::string denial_of(const Result<Observation>& seen) {
  if (!seen || !seen->facts.contains("delivery.denial")) return "none";
  return std::get<std::string>(seen->facts.at("delivery.denial"));
}

class Denial : public ::testing::TestWithParam<MqttVersion> {
 protected:
  Client at(std::uint16_t port) const { return test::plain_client(port, GetParam()); }

  Result<Observation> deliver(const Client& client, const Client& reader,
                              std::map<std::string, std::string> parameters) {
    parameters.insert({{"topic", "secret/a"}, {"sentinel", "open/s"}});
    WireProber prober;
    auto seen = prober.observe({.client = client,
                                .kind = "deliver",
                                .others = {{"reader", reader}},
                                .parameters = std::move(parameters),
                                .timeout = std::chrono::seconds(2)},
                               Deadline::in(std::chrono::seconds(20)));
    if (seen) static_cast<void>(settle(*seen));
    return seen;
  }

  // Before a Mosquitto that denies nothing, a broker that ends a connection as `passes` says.
  Result<Observation> through(const Passes& passes, const std::map<std::string, std::string>& parameters = {}) {
    const test::PrivateMosquitto mosquitto({"allow_anonymous true"});
    const test::HostileBroker broker(
        [&](Peer& peer) { test::connect_through(peer, mosquitto.port(), {}, passes); });
    return deliver(at(broker.port()), at(broker.port()), parameters);
  }
};

bool holds(std::string_view bytes, std::string_view text) { return bytes.find(text) != std::string_view::npos; }

// RabbitMQ does so (measured with 3.10.8).
TEST_P(Denial, is_one_where_the_broker_ends_the_publishers_connection_each_time) {
  for (const auto* qos : {"0", "1", "2"}) {
    const auto seen = through(
        [](std::string_view bytes) { return (bytes[0] & 0xf0) != 0x30 || !holds(bytes, "secret/"); }, {{"qos", qos}});
    EXPECT_EQ(outcome_of(seen), "denied/broker/connection_closed") << qos;
    EXPECT_EQ(denial_of(seen), "closing") << qos;
  }
}

TEST_P(Denial, is_one_where_the_broker_ends_the_readers_connection_each_time) {
  const auto seen = through([](std::string_view bytes) { return static_cast<unsigned char>(bytes[0]) != 0x82 || !holds(bytes, "secret/"); });
  EXPECT_EQ(outcome_of(seen), "denied/broker/connection_closed");
  EXPECT_EQ(denial_of(seen), "closing");
}

TEST_P(Denial, is_none_where_the_connection_ended_once) {
  std::atomic<int> ended = 0;
  const auto seen = through(
      [&](std::string_view bytes) { return (bytes[0] & 0xf0) != 0x30 || !holds(bytes, "secret/") || ended++ > 0; });
  EXPECT_EQ(outcome_of(seen), "accepted/broker") << "the second time it was delivered";
  std::atomic<int> subscribed = 0;
  const auto read = through([&](std::string_view bytes) {
    return static_cast<unsigned char>(bytes[0]) != 0x82 || !holds(bytes, "secret/") || subscribed++ > 0;
  });
  EXPECT_EQ(denial_of(read), "none") << outcome_of(read);
}

// A broker that falls over the message ends the reader's connection, too.
TEST_P(Denial, is_none_where_both_connections_end) {
  const test::PrivateMosquitto mosquitto({"allow_anonymous true"});
  std::atomic<int> falls = 0;
  const test::HostileBroker broker([&](Peer& peer) {
    const int before = falls;
    std::jthread watcher([&](const std::stop_token& stop) {
      while (falls == before && !stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      shutdown(peer.fd(), SHUT_RDWR);
    });
    test::connect_through(peer, mosquitto.port(), {}, [&](std::string_view bytes) {
      if ((bytes[0] & 0xf0) != 0x30 || !holds(bytes, "secret/")) return true;
      ++falls;
      return false;
    });
  });
  EXPECT_EQ(outcome_of(deliver(at(broker.port()), at(broker.port()), {})), "closed/broker");
}

// The payload comes a second after its sentinel.
TEST(LateDelivery, is_no_denial) {
  const auto seen_with = [](std::chrono::milliseconds delay) {
    const test::TinyBroker broker({.late = "secret/", .delay = delay});
    const auto client = test::plain_client(broker.port(), MqttVersion::v3_1_1);
    WireProber prober;
    auto seen = prober.observe({.client = client,
                                .kind = "deliver",
                                .others = {{"reader", client}},
                                .parameters = {{"topic", "secret/a"}, {"sentinel", "open/s"}, {"qos", "1"}}},
                               Deadline::in(std::chrono::seconds(10)));
    if (seen) {
      EXPECT_EQ(outcome_of(seen), "denied/broker") << "at first";
      EXPECT_NE(seen->late, nullptr);
      static_cast<void>(settle(*seen));
    }
    return outcome_of(seen);
  };
  EXPECT_EQ(seen_with(std::chrono::milliseconds(1000)), "accepted/broker");
  EXPECT_EQ(seen_with(std::chrono::milliseconds(4000)), "denied/broker");
}

INSTANTIATE_TEST_SUITE_P(both, Denial, ::testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         [](const auto& each) { return each.param == MqttVersion::v5_0 ? "mqtt_5_0" : "mqtt_3_1_1"; });

}  // namespace
}  // namespace mqtts::probes
