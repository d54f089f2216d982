// Messages that come back, do not come back, or come back as something else.
#include <gtest/gtest.h>

#include "harness/probes/probes.h"
#include "tests/probes/tiny_broker.h"
#include "tests/support/finished_lab.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/two_faced_broker.h"

namespace mqtts::probes {
namespace {

std::string told(const Result<Observation>& seen) {
  if (!seen) return to_english(seen.error().what);
  std::string text = std::string(to_string(seen->outcome)) + "/" + std::string(to_string(seen->by));
  if (seen->code) text += "/" + std::to_string(*seen->code);
  return text + (seen->reason.empty() ? "" : "/" + seen->reason);
}

bool has_note(const Observation& seen, const std::string& text) {
  return std::ranges::find(seen.evidence, note(msg(text))) != seen.evidence.end();
}

Client plain(std::uint16_t port, MqttVersion mqtt) {
  return {.address = "127.0.0.1", .port = port, .name = "127.0.0.1", .mqtt = mqtt};
}

class RoundTrip : public testing::TestWithParam<MqttVersion> {
 protected:
  static constexpr auto patience = std::chrono::seconds(10);
  static constexpr auto short_time = std::chrono::seconds(3);
  Result<Observation> observe(const Attempt& attempt, Clock::duration span = patience) {
    return prober.observe(attempt, Deadline::in(span));
  }
  WireProber prober;
};

TEST_P(RoundTrip, brings_a_message_back_through_a_finished_lab) {
  const test::FinishedLab lab;
  const auto client = lab.good_client(GetParam());
  const auto seen = observe(
      {.client = client, .kind = "deliver", .others = {{"reader", client}}, .parameters = {{"topic", "your/topic"}}});
  EXPECT_EQ(told(seen), "accepted/broker");
  EXPECT_EQ(seen->tls->verified, "ok");
  EXPECT_EQ(seen->evidence.back().kind, EvidenceKind::reproduce);
  EXPECT_NE(seen->evidence.back().text.find("mosquitto_sub"), std::string::npos);
}

TEST_P(RoundTrip, is_its_own_reader_if_none_is_given) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  EXPECT_EQ(
      told(observe(
          {.client = plain(broker.port(), GetParam()), .kind = "deliver", .parameters = {{"topic", "your/topic"}}})),
      "accepted/broker");
}

TEST_P(RoundTrip, tells_what_befell_the_reader) {
  const test::FinishedLab lab;
  const auto client = lab.good_client(GetParam());
  auto reader = client;
  reader.password = "wrong";
  const auto seen = observe(
      {.client = client, .kind = "deliver", .others = {{"reader", reader}}, .parameters = {{"topic", "your/topic"}}});
  EXPECT_EQ(told(seen),
            GetParam() == MqttVersion::v5_0 ? "refused/mqtt/135/not_authorized" : "refused/mqtt/5/not_authorized");
  EXPECT_TRUE(has_note(*seen, "this befell the reader; the client that publishes was let in"));
}

TEST_P(RoundTrip, tells_what_befell_the_client) {
  const test::FinishedLab lab;
  auto client = lab.good_client(GetParam());
  client.identity.reset();
  EXPECT_EQ(told(observe({.client = client, .kind = "deliver", .parameters = {{"topic", "your/topic"}}})),
            "refused/tls-peer/116/certificate_required");
}

// Mosquitto grants a denied subscription, and says nothing of a denied publish of QoS 0.
TEST_P(RoundTrip, cannot_call_it_denied_without_a_sentinel) {
  for (const auto* rule : {"topic write your/topic\n", "topic read your/topic\n"}) {
    const test::TemporaryFolder folder;
    const test::PrivateMosquitto broker({"allow_anonymous true", "acl_file " + folder.write("acl", rule)});
    const auto seen = observe(
        {.client = plain(broker.port(), GetParam()), .kind = "deliver", .parameters = {{"topic", "your/topic"}}},
        short_time);
    EXPECT_EQ(told(seen), "timeout/network/not_delivered") << rule;
    EXPECT_TRUE(has_note(*seen, "published, and it did not come back"));
  }
}

// A broker that takes no will at all denies none.
TEST_P(RoundTrip, counts_a_denied_will_only_beside_one_that_is_taken_and_arrives) {
  const test::PrivateMosquitto mosquitto({"allow_anonymous true"});
  const auto said_where_refused = [&](const std::vector<std::string>& wills) {
    const test::HostileBroker broker([&](test::Peer& peer) {
      const auto hello = peer.read_some();
      const auto is_in_hello = [&](const std::string& topic) { return hello.find(topic) != std::string::npos; };
      if (std::ranges::any_of(wills, is_in_hello))
        peer.write(GetParam() == MqttVersion::v5_0 ? test::hostile::connack_5(135, "") : test::hostile::connack(5));
      else
        test::connect_through(peer, mosquitto.port(), hello);
    });
    return told(observe({.client = plain(broker.port(), GetParam()),
                         .kind = "deliver",
                         .parameters = {{"topic", "your/topic"}, {"will", "true"}, {"sentinel", "the/sentinel"}}},
                        short_time));
  };
  EXPECT_EQ(said_where_refused({"your/topic"}),
            GetParam() == MqttVersion::v5_0 ? "denied/mqtt/135/not_authorized" : "denied/mqtt/5/not_authorized");
  EXPECT_EQ(said_where_refused({"your/topic", "the/sentinel"}), "timeout/network/not_delivered");
  EXPECT_EQ(said_where_refused({"the/sentinel"}), "timeout/network/not_delivered");
  EXPECT_EQ(said_where_refused({}), "accepted/broker");
}

// As the lab's own clients do: all that a broker must offer.
TEST_P(RoundTrip, needs_no_more_than_qos_0) {
  const test::PrivateMosquitto broker({"allow_anonymous true", "max_qos 0"});
  EXPECT_EQ(
      told(observe(
          {.client = plain(broker.port(), GetParam()), .kind = "deliver", .parameters = {{"topic", "your/topic"}}})),
      "accepted/broker");
}

TEST_P(RoundTrip, takes_one_connection_where_the_client_reads_its_own_message) {
  const test::PrivateMosquitto mosquitto({"allow_anonymous true"});
  std::atomic<int> connected = 0;
  const test::HostileBroker broker([&](test::Peer& peer) {
    // Who has just left may still be counted.
    if (++connected > 1) peer.pause(std::chrono::milliseconds(300));
    if (connected == 1) test::connect_through(peer, mosquitto.port());
    --connected;
  });
  const auto client = plain(broker.port(), GetParam());
  EXPECT_EQ(told(observe({.client = client, .kind = "deliver", .parameters = {{"topic", "your/topic"}}})),
            "accepted/broker");
  EXPECT_EQ(told(observe({.client = client,
                          .kind = "deliver",
                          .others = {{"reader", client}},
                          .parameters = {{"topic", "your/topic"}}})),
            "closed/broker/one_client_at_a_time");
}

INSTANTIATE_TEST_SUITE_P(both, RoundTrip, testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         [](const auto& each) { return each.param == MqttVersion::v5_0 ? "mqtt_5_0" : "mqtt_3_1_1"; });

Result<Observation> through(const test::TinyBrokerManners& manners) {
  WireProber prober;
  const test::TinyBroker broker(manners);
  return prober.observe(
      {.client = plain(broker.port(), MqttVersion::v3_1_1), .kind = "deliver", .parameters = {{"topic", "your/topic"}}},
      Deadline::in(std::chrono::seconds(10)));
}

// A subscription that cannot match would make a denial of every broker.
TEST(round_trip, with_a_filter_that_cannot_match_is_an_error_before_any_connection) {
  WireProber prober;
  for (const auto* filter : {"b/#", "a/+/c"}) {
    const auto seen = prober.observe({.client = {.address = "127.0.0.1", .port = 1},
                                      .kind = "deliver",
                                      .parameters = {{"topic", "a/b"}, {"filter", filter}, {"sentinel", "s"}}},
                                     Deadline::in(std::chrono::seconds(5)));
    ASSERT_FALSE(seen) << filter;
    EXPECT_EQ(seen.error().kind, ErrorKind::local);
  }
}

TEST(round_trip, sees_an_altered_payload) {
  const auto seen = through({.altered = 1});
  EXPECT_EQ(told(seen), "garbled/broker/payload_altered");
  EXPECT_TRUE(has_note(*seen, "the payload came back altered"));
}

TEST(round_trip, sees_a_refused_subscription) {
  EXPECT_EQ(told(through({.suback = 0x80})), "refused/mqtt/128/unspecified_error");
}

TEST(round_trip, ignores_what_was_retained_and_what_others_say) {
  EXPECT_EQ(told(through({.greeting = test::publish("old", 1) + test::publish("hello", 0)})), "accepted/broker");
}

}  // namespace
}  // namespace mqtts::probes
