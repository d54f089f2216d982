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

bool holds(std::string_view bytes, std::string_view text) { return bytes.find(text) != std::string_view::npos; }

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

  // Before the same, a broker whose CONNACK refuses so many clients with a will to the topic.
  Result<Observation> with_refused_wills(int most) {
    const test::PrivateMosquitto mosquitto({"allow_anonymous true"});
    const auto refusal =
        GetParam() == MqttVersion::v5_0 ? test::hostile::connack_5(0x90, "no") : test::hostile::connack(0x80);
    std::atomic<int> refused = 0;
    const test::HostileBroker broker([&](Peer& peer) {
      const auto first = peer.read_some();
      if (holds(first, "secret/") && refused++ < most)
        peer.write(refusal);
      else
        test::connect_through(peer, mosquitto.port(), first);
    });
    return deliver(at(broker.port()), at(broker.port()), {{"will", "true"}});
  }
};

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
  const auto is_passed = [](std::string_view bytes) {
    return static_cast<unsigned char>(bytes[0]) != 0x82 || !holds(bytes, "secret/");
  };
  // Paho says at times only a moment later that the connection has ended.
  for (int i = 0; i < 10; ++i) {
    const auto seen = through(is_passed);
    EXPECT_EQ(outcome_of(seen), "denied/broker/connection_closed");
    EXPECT_EQ(denial_of(seen), "closing");
  }
}

// It says nothing against the first one.
TEST_P(Denial, is_none_where_the_broker_ends_each_connection_at_its_second_subscription) {
  const test::PrivateMosquitto mosquitto({"allow_anonymous true"});
  const test::HostileBroker broker([&](Peer& peer) {
    int subscriptions = 0;
    test::connect_through(peer, mosquitto.port(), {}, [&](std::string_view bytes) {
      return static_cast<unsigned char>(bytes[0]) != 0x82 || subscriptions++ == 0;
    });
  });
  const auto seen = deliver(at(broker.port()), at(broker.port()), {});
  EXPECT_EQ(outcome_of(seen), "closed/broker");
  EXPECT_EQ(denial_of(seen), "none");
}

// ejabberd does so (measured with 23.01).
TEST_P(Denial, is_one_where_connack_refuses_the_will_each_time) {
  const auto seen = with_refused_wills(100);
  EXPECT_EQ(outcome_of(seen),
            GetParam() == MqttVersion::v5_0 ? "denied/mqtt/topic_name_invalid" : "denied/mqtt/code_128");
  EXPECT_EQ(denial_of(seen), "connack");
}

TEST_P(Denial, is_none_where_connack_refused_the_will_once) {
  EXPECT_EQ(outcome_of(with_refused_wills(1)), "timeout/network/not_delivered");
  EXPECT_EQ(outcome_of(with_refused_wills(0)), "accepted/broker");
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

Result<Observation> deliver_by(const test::TinyBrokerManners& manners) {
  const test::TinyBroker broker(manners);
  const auto client = test::plain_client(broker.port(), MqttVersion::v3_1_1);
  WireProber prober;
  auto seen = prober.observe({.client = client,
                              .kind = "deliver",
                              .others = {{"reader", client}},
                              .parameters = {{"topic", "secret/a"}, {"sentinel", "open/s"}, {"qos", "1"}}},
                             Deadline::in(std::chrono::seconds(10)));
  if (seen) settle(*seen);
  return seen;
}

TEST(LostMessage, is_no_denial) {
  EXPECT_EQ(outcome_of(deliver_by({.lost = "secret/", .losses = 1})), "accepted/broker");
  EXPECT_EQ(outcome_of(deliver_by({.lost = "secret/"})), "denied/broker");
}

// What arrives decides, whatever SUBACK says. ejabberd says 0x8f to clients of MQTT 3.1.1, too.
TEST(SubackOfMqtt5, to_a_client_of_3_1_1_is_a_refusal) {
  const auto seen = deliver_by({.lost = "secret/", .denied = "secret/"});
  EXPECT_EQ(outcome_of(seen), "denied/mqtt/topic_filter_invalid");
  EXPECT_EQ(denial_of(seen), "suback");
  EXPECT_EQ(outcome_of(deliver_by({.denied = "secret/"})), "accepted/broker");
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
