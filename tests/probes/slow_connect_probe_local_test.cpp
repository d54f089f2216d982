// Connections on which no CONNECT arrives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/raw_attempt.h"
#include "tests/support/small_broker.h"

namespace mqtts::probes {
namespace {

using namespace std::chrono_literals;

class SlowConnect : public test::BothVersions {
 protected:
  Result<Observation> attempt(std::uint16_t port) {
    return test::attempt_by("slow_connect", test::plain_client(port, GetParam()), {{"seconds", "2"}});
  }
};
INSTANTIATE_TEST_SUITE_P(both, SlowConnect, testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         test::name_of_version);

// Mosquitto ends them after 90 s.
TEST_P(SlowConnect, is_waited_for) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  EXPECT_EQ(test::facts_seen(attempt(broker.port())), "slow.kept_open=true");
}

TEST_P(SlowConnect, is_waited_for_behind_tls) {
  const test::FinishedLab lab;
  const auto seen = test::attempt_by("slow_connect", lab.good_client(GetParam()), {{"seconds", "2"}});
  EXPECT_EQ(test::facts_seen(seen), "slow.kept_open=true");
  EXPECT_THAT(test::story(seen), testing::HasSubstr("a connection that does not begin TLS was still open after 2 s"));
}

TEST_P(SlowConnect, is_ended) {
  const test::SmallBroker broker({.patience = 500ms});
  const auto seen = attempt(broker.port());
  ASSERT_TRUE(seen);
  ASSERT_EQ(seen->facts.count("slow.kept_open"), 1u) << test::story(seen);
  EXPECT_EQ(std::get<bool>(seen->facts.at("slow.kept_open")), false);
  EXPECT_GE(std::get<double>(seen->facts.at("slow.dropped_after_seconds")), 0.4);
  EXPECT_LT(std::get<double>(seen->facts.at("slow.dropped_after_seconds")), 2);
}

TEST_P(SlowConnect, is_waited_for_by_who_waits_for_the_next_byte) {
  const test::SmallBroker broker({.patience = 500ms, .is_patient_with_bytes = true});
  EXPECT_EQ(test::facts_seen(attempt(broker.port())), "slow.kept_open=true");
}

// What the deadline cuts short has not lasted.
TEST_P(SlowConnect, is_not_judged_without_time) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  const auto seen =
      test::attempt_by("slow_connect", test::plain_client(broker.port(), GetParam()), {{"seconds", "30"}}, {}, 2s, 2s);
  EXPECT_EQ(test::facts_seen(seen), "");
}

}  // namespace
}  // namespace mqtts::probes
