// A client that publishes as fast as it can.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/raw_attempt.h"
#include "tests/support/small_broker.h"

namespace mqtts::probes {
namespace {

class PublishFlood : public test::BothVersions {
 protected:
  Result<Observation> attempt(std::uint16_t port, const std::map<std::string, std::string>& parameters = {}) {
    return test::attempt_by("publish_flood", test::plain_client(port, GetParam()), parameters);
  }
};
INSTANTIATE_TEST_SUITE_P(both, PublishFlood, testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         test::name_of_version);

std::string throttled(const Result<Observation>& seen) {
  if (!seen) return to_english(seen.error().what);
  const auto found = seen->facts.find("flood.throttled");
  return found == seen->facts.end() ? "unknown" : to_text(found->second);
}

TEST_P(PublishFlood, is_taken_by_mosquitto) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  const auto seen = attempt(broker.port());
  EXPECT_EQ(throttled(seen), "false") << test::story(seen);
  EXPECT_GE(std::get<double>(seen->facts.at("flood.messages_per_second")), 1000);
}

TEST_P(PublishFlood, is_taken_over_tls) {
  const test::FinishedLab lab;
  const auto seen = test::attempt_by("publish_flood", lab.good_client(GetParam()));
  EXPECT_EQ(throttled(seen), "false") << test::story(seen);
}

TEST_P(PublishFlood, is_held_back) {
  const test::SmallBroker broker({.messages_a_second = 40});
  const auto seen = attempt(broker.port());
  EXPECT_EQ(throttled(seen), "true") << test::story(seen);
}

// There one message of the other client takes as long as one of the flood.
TEST_P(PublishFlood, is_not_held_back_by_a_broker_that_is_slow) {
  const test::SmallBroker broker({.slowness = std::chrono::milliseconds(25)});
  const auto seen = attempt(broker.port());
  EXPECT_EQ(throttled(seen), "unknown") << test::story(seen);
}

TEST_P(PublishFlood, is_ended) {
  const test::SmallBroker broker({.most_messages = 100});
  const auto seen = attempt(broker.port());
  EXPECT_EQ(throttled(seen), "true") << test::story(seen);
}

TEST_P(PublishFlood, is_unknown_where_one_message_is_not_taken) {
  const test::SmallBroker broker({.hangs_up_at = "not/here"});
  const auto seen = attempt(broker.port(), {{"topic", "not/here"}});
  EXPECT_EQ(throttled(seen), "unknown");
}

}  // namespace
}  // namespace mqtts::probes
