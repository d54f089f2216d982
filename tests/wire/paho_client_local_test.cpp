#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>

#include "harness/wire/paho_client.h"
#include "tests/support/finished_lab.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/must.h"

namespace mqtts::wire {
namespace {

using test::soon;

namespace hostile = test::hostile;

// All tests of this program run in an environment that names a proxy, and there is none at that port.
const bool proxy_was_named = setenv("http_proxy", "http://127.0.0.1:1", 1) == 0;

Client plain(std::uint16_t port, MqttVersion mqtt = MqttVersion::v3_1_1) {
  return {.address = "127.0.0.1", .port = port, .name = "127.0.0.1", .mqtt = mqtt};
}

PahoAnswer connect(const Client& client, const Deadline& deadline = soon()) {
  auto paho = PahoClient::make(client);
  return *(*paho)->connect(deadline);
}

class Paho : public testing::TestWithParam<MqttVersion> {};

TEST_P(Paho, takes_a_message_round) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  auto reader = *PahoClient::make(plain(broker.port(), GetParam()));
  auto writer = *PahoClient::make(plain(broker.port(), GetParam()));
  ASSERT_EQ(reader->connect(soon())->outcome, PahoOutcome::done);
  ASSERT_EQ(writer->connect(soon())->outcome, PahoOutcome::done);
  ASSERT_EQ(reader->subscribe("a/topic", soon()).outcome, PahoOutcome::done);
  const std::string payload("with a \0 in it", 14);
  ASSERT_EQ(writer->publish({"a/topic", payload}, soon()).outcome, PahoOutcome::done);
  EXPECT_EQ(reader->next_message(soon()), payload);
  EXPECT_EQ(reader->next_message(Deadline::in(std::chrono::milliseconds(10))), std::nullopt);
  EXPECT_FALSE(reader->lost());
}

// Their files are not there: what is in hand is what counts.
TEST_P(Paho, reads_no_file_of_what_is_in_hand) {
  const test::FinishedLab lab;
  auto client = lab.good_client(GetParam());
  client.trust->file = "/nowhere/ca.crt";
  client.identity->certificate.file = "/nowhere/client.crt";
  client.identity->key.file = "/nowhere/client.key";
  EXPECT_EQ(connect(client).outcome, PahoOutcome::done);
  // Another client's text under the same names.
  const auto stranger = test::LabMaterial().signed_by_stranger({.subject = "/CN=userclient"});
  client.identity->certificate.text = stranger.certificate.text;
  client.identity->key.text = stranger.key.text;
  EXPECT_EQ(connect(client).outcome, PahoOutcome::failed);
}

TEST_P(Paho, is_refused_with_the_brokers_code) {
  const test::PrivateMosquitto broker({"allow_anonymous false"});
  const auto answer = connect(plain(broker.port(), GetParam()));
  EXPECT_EQ(answer.outcome, PahoOutcome::refused);
  EXPECT_EQ(answer.code, GetParam() == MqttVersion::v5_0 ? 0x87 : 5);
}

TEST_P(Paho, tries_once_and_with_one_version) {
  const test::HostileBroker broker(hostile::answers_and_closes(""));
  EXPECT_EQ(connect(plain(broker.port(), GetParam())).outcome, PahoOutcome::failed);
  EXPECT_EQ(broker.connections(), 1);
}

TEST_P(Paho, fails_at_a_dead_broker) {
  EXPECT_EQ(connect(plain(test::closed_port(), GetParam())).outcome, PahoOutcome::failed);
}

TEST_P(Paho, keeps_our_deadline_and_not_its_own) {
  const test::HostileBroker broker(hostile::says_nothing());
  const auto start = Clock::now();
  EXPECT_EQ(connect(plain(broker.port(), GetParam()), Deadline::in(std::chrono::milliseconds(200))).outcome,
            PahoOutcome::timed_out);
  EXPECT_LT(seconds_since(start), 1.0);
}

TEST_P(Paho, notices_that_the_broker_has_gone) {
  auto broker = std::make_unique<test::HostileBroker>(
      hostile::answers(GetParam() == MqttVersion::v5_0 ? std::string("\x20\x03\x00\x00\x00", 5) : hostile::connack(0)));
  auto paho = *PahoClient::make(plain(broker->port(), GetParam()));
  ASSERT_EQ(paho->connect(soon())->outcome, PahoOutcome::done);
  broker.reset();
  const auto start = Clock::now();
  EXPECT_EQ(paho->next_message(soon()), std::nullopt);
  EXPECT_TRUE(paho->lost());
  EXPECT_LT(seconds_since(start), 5.0);
}

INSTANTIATE_TEST_SUITE_P(both, Paho, testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         [](const auto& each) { return each.param == MqttVersion::v5_0 ? "mqtt_5_0" : "mqtt_3_1_1"; });

// Without its idle client every connect but the first takes 1.1 s.
TEST(paho, connects_at_once) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  constexpr int connects = 10;
  connect(plain(broker.port()));
  const auto start = Clock::now();
  for (int i = 0; i < connects; ++i) EXPECT_EQ(connect(plain(broker.port())).outcome, PahoOutcome::done);
  EXPECT_LT(seconds_since(start), connects * 0.5);
}

TEST(paho, goes_round_no_proxy_that_the_environment_names) {
  ASSERT_TRUE(proxy_was_named);
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  EXPECT_EQ(connect(plain(broker.port())).outcome, PahoOutcome::done);
}

TEST(paho, is_not_held_up_by_hung_brokers) {
  const test::HostileBroker hung(hostile::says_nothing());
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      EXPECT_EQ(connect(plain(hung.port()), Deadline::in(std::chrono::seconds(3))).outcome, PahoOutcome::timed_out);
    });
  const auto start = Clock::now();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(connect(plain(broker.port())).outcome, PahoOutcome::done);
  EXPECT_LT(seconds_since(start), 2.5);
}

TEST(paho, refuses_a_user_name_that_is_not_utf_8) {
  const test::HostileBroker broker(hostile::says_nothing());
  auto client = plain(broker.port());
  client.user_name = "\xff";
  const auto paho = PahoClient::make(client);
  EXPECT_EQ((*paho)->connect(soon()).error().kind, ErrorKind::local);
}

}  // namespace
}  // namespace mqtts::wire
