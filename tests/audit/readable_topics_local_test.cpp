// Which topics a client may read: on Mosquitto, and on brokers that flood or end the connection.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/audit/readable_topics.h"
#include "harness/wire/paho_client.h"
#include "harness/wire/paho_runtime.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/private_mosquitto.h"
#include "tests/support/temporary_folder.h"

namespace mqtts::audit {
namespace {

using ::testing::HasSubstr;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

Client client_at(std::uint16_t port, const std::string& user = {}) {
  Client client{.address = "127.0.0.1", .port = port, .name = "127.0.0.1"};
  if (user.empty()) return client;
  client.user_name = user;
  client.password = "right";
  return client;
}

std::unique_ptr<wire::PahoClient> publisher(std::uint16_t port, const std::string& user = {}) {
  static_cast<void>(wire::prepare_paho());
  auto client = wire::PahoClient::make(client_at(port, user));
  EXPECT_TRUE(client);
  const auto connected = (*client)->connect(Deadline::in(5s));
  EXPECT_TRUE(connected && connected->outcome == wire::PahoOutcome::done);
  return *std::move(client);
}

void publish(wire::PahoClient& client, const std::string& topic, const std::string& payload, bool retain) {
  EXPECT_EQ(client.publish({topic, payload, 1, retain}, Deadline::in(5s)).outcome, wire::PahoOutcome::done);
}

// "topic messages/retained kind…" for each topic that does not begin with $SYS.
std::string told(const Result<TopicsSeen>& seen) {
  if (!seen) return to_english(seen.error().what);
  std::string all;
  for (const auto& topic : seen->topics) {
    if (topic.topic.starts_with("$SYS")) continue;
    all += topic.topic + " " + std::to_string(topic.messages) + "/" + std::to_string(topic.retained);
    for (const auto kind : topic.suspected) all += " " + std::string(to_string(kind));
    all += "\n";
  }
  return all;
}

TEST(ReadableTopics, of_mosquitto_are_those_with_retained_and_live_messages) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  const auto writer = publisher(broker.port());
  publish(*writer, "home/owner", R"({"mail":"alice@example.com"})", true);
  publish(*writer, "home/door", "open", true);
  publish(*writer, "home/large", std::string(300'000, 'x'), true);
  std::atomic<bool> ends = false;
  std::thread live([&] {
    while (!ends) {
      publish(*writer, "car/gps", R"({"lat":48.8566,"lon":2.3522})", false);
      std::this_thread::sleep_for(50ms);
    }
  });
  const auto seen = read_topics(client_at(broker.port()), 1s, Deadline::in(20s));
  ends = true;
  live.join();
  EXPECT_THAT(told(seen), HasSubstr("home/owner 1/1 email\n"));
  EXPECT_THAT(told(seen), HasSubstr("home/door 1/1\n"));
  EXPECT_THAT(told(seen), HasSubstr("home/large 1/1\n")) << "a large one hides none of the others";
  EXPECT_THAT(told(seen), ::testing::ContainsRegex("car/gps [1-9][0-9]*/0 position\n"));
  ASSERT_TRUE(seen);
  EXPECT_FALSE(seen->truncated);
  EXPECT_TRUE(std::ranges::any_of(seen->topics, [](const auto& each) { return each.topic == "$SYS/broker/version"; }));
}

TEST(ReadableTopics, of_an_account_are_those_that_its_acl_allows) {
  const test::TemporaryFolder folder;
  const test::PrivateMosquitto broker(
      {"allow_anonymous false",
       "password_file " + test::write_password_file(folder, {{"ann", "right"}, {"eve", "right"}}),
       "acl_file " + folder.write("acl", "user ann\ntopic readwrite #\nuser eve\ntopic read shared/#\n")});
  const auto writer = publisher(broker.port(), "ann");
  publish(*writer, "shared/a", "x", true);
  publish(*writer, "private/a", "x", true);
  EXPECT_EQ(told(read_topics(client_at(broker.port(), "eve"), 500ms, Deadline::in(20s))), "shared/a 1/1\n");
  EXPECT_EQ(told(read_topics(client_at(broker.port(), "ann"), 500ms, Deadline::in(20s))),
            "private/a 1/1\nshared/a 1/1\n");
  const auto nobody = read_topics(client_at(broker.port()), 500ms, Deadline::in(20s));
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().kind, ErrorKind::denied);
  EXPECT_THAT(told(nobody), HasSubstr("not_authorized"));
}

// Answers each packet of ours, and after a SUBSCRIBE does `more`; ends where that is false.
test::Script after_subscribing(unsigned char suback, std::function<bool(test::Peer&)> more) {
  return [suback, more](test::Peer& peer) {
    for (auto packet = peer.read_some(); !packet.empty(); packet = peer.read_some()) {
      const auto kind = packet[0] & 0xf0;
      if (kind == 0x10) peer.write(test::hostile::connack(0));
      if (kind == 0xc0) peer.write(std::string("\xd0\0", 2));
      if (kind != 0x80) continue;
      peer.write(std::string{'\x90', 3, packet[2], packet[3], static_cast<char>(suback)});
      if (!more(peer)) return;
    }
  };
}

std::string message_on(const std::string& topic) {
  const auto size = topic.size();
  std::string packet = "\x30";
  const auto rest = size + 2;
  if (rest < 128) {
    packet += static_cast<char>(rest);
  } else {
    packet += static_cast<char>(rest % 128 | 0x80);
    packet += static_cast<char>(rest / 128);
  }
  packet += static_cast<char>(size >> 8);
  packet += static_cast<char>(size & 0xff);
  return packet + topic;
}

TEST(ReadableTopics, of_a_broker_that_floods_are_bounded) {
  const test::HostileBroker broker(after_subscribing(1, [](test::Peer& peer) {
    std::string all;
    for (int i = 0; i < 3000; ++i) all += message_on("t/" + std::to_string(i) + std::string(2000, 'x'));
    while (peer.write(all)) {
    }
    return false;
  }));
  const auto start = Clock::now();
  const auto seen = read_topics(client_at(broker.port()), 500ms, Deadline::in(4s));
  EXPECT_LT(seconds_since(start), 8);
  ASSERT_TRUE(seen) << told(seen);
  EXPECT_TRUE(seen->truncated);
  EXPECT_LE(seen->topics.size(), most_topics);
  EXPECT_GT(seen->topics.size(), 100u);
  for (const auto& topic : seen->topics) EXPECT_LE(topic.topic.size(), longest_topic + 3);
}

TEST(ReadableTopics, of_a_broker_that_ends_the_connection_are_told_as_not_all) {
  const test::HostileBroker broker(
      after_subscribing(1, [count = std::make_shared<std::atomic<int>>(0)](test::Peer& peer) {
        peer.write(message_on("a/b"));
        return ++*count != 2 || !peer.pause(300ms);
      }));
  const auto seen = read_topics(client_at(broker.port()), 2s, Deadline::in(10s));
  ASSERT_TRUE(seen) << told(seen);
  EXPECT_TRUE(seen->truncated);
}

TEST(ReadableTopics, of_a_broker_that_refuses_every_subscription_are_none) {
  const test::HostileBroker broker(after_subscribing(0x80, [](test::Peer&) { return true; }));
  const auto seen = read_topics(client_at(broker.port()), 2s, Deadline::in(10s));
  ASSERT_TRUE(seen) << told(seen);
  EXPECT_EQ(*seen, TopicsSeen{});
}

TEST(ReadableTopics, of_one_who_speaks_no_mqtt_are_no_answer) {
  for (const auto& script : {test::hostile::says_nothing(), test::hostile::closes_at_once(),
                             test::hostile::answers_endlessly(test::hostile::connack(0))}) {
    const test::HostileBroker broker(script);
    const auto start = Clock::now();
    const auto seen = read_topics(client_at(broker.port()), 500ms, Deadline::in(3s));
    EXPECT_LT(seconds_since(start), 6);
    EXPECT_TRUE(!seen || seen->topics.empty());
  }
}

}  // namespace
}  // namespace mqtts::audit
