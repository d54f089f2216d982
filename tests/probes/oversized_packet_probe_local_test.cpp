// A PUBLISH of 1 MiB at brokers with and without a limit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/raw_attempt.h"
#include "tests/support/small_broker.h"

namespace mqtts::probes {
namespace {

class OversizedPacket : public test::BothVersions {
 protected:
  Result<Observation> attempt(std::uint16_t port, const std::map<std::string, std::string>& parameters = {}) {
    return test::attempt_by("oversized_packet", test::plain_client(port, GetParam()), parameters);
  }
};
INSTANTIATE_TEST_SUITE_P(both, OversizedPacket, testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         test::name_of_version);

TEST_P(OversizedPacket, is_taken_by_a_broker_without_a_limit) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  EXPECT_EQ(test::facts_seen(attempt(broker.port())), "packet.accepted_bytes=1048580 packet.oversized_refused=false");
}

TEST_P(OversizedPacket, is_refused_by_a_broker_with_a_limit) {
  const test::PrivateMosquitto broker({"allow_anonymous true", "max_packet_size 100000"});
  EXPECT_EQ(test::facts_seen(attempt(broker.port())), "packet.oversized_refused=true");
  EXPECT_EQ(test::facts_seen(attempt(broker.port(), {{"bytes", "90000"}})),
            "packet.accepted_bytes=90004 packet.oversized_refused=false");
}

TEST_P(OversizedPacket, is_refused_over_tls) {
  const test::FinishedLab lab("TLSv1.3", {"max_packet_size 100000"});
  EXPECT_EQ(test::facts_seen(test::attempt_by("oversized_packet", lab.good_client(GetParam()))),
            "packet.oversized_refused=true");
}

// Of 256 MiB only the beginning is sent.
TEST_P(OversizedPacket, is_waited_for_by_a_broker_without_a_limit) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  EXPECT_EQ(test::facts_seen(attempt(broker.port(), {{"bytes", "268435455"}})),
            "packet.accepted_bytes=2097152 packet.oversized_refused=false");
}

// A broker that ends a connection for its topic would seem to refuse the size.
TEST_P(OversizedPacket, is_unknown_where_a_small_one_is_not_taken) {
  const test::SmallBroker broker({.hangs_up_at = "not/here"});
  const auto seen = attempt(broker.port(), {{"topic", "not/here"}});
  EXPECT_EQ(test::facts_seen(seen), "");
  EXPECT_THAT(test::story(seen), testing::HasSubstr("a small message to not/here was not taken"));
}

TEST_P(OversizedPacket, kills_a_broker) {
  const test::SmallBroker broker({.dies_of = std::string(1000, 'x')});
  EXPECT_EQ(test::facts_seen(attempt(broker.port())), "packet.oversized_refused=false");
}

// It may be taken the second time, since that broker dies once.
TEST_P(OversizedPacket, is_not_refused_by_a_broker_that_ends_all_connections) {
  const test::SmallBroker broker({.dies_of = std::string(1000, 'x'), .comes_back = true});
  EXPECT_THAT(test::facts_seen(attempt(broker.port())), testing::Not(testing::HasSubstr("refused=true")));
}

}  // namespace
}  // namespace mqtts::probes
