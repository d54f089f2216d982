// Many connections that never log in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/raw_attempt.h"
#include "tests/support/small_broker.h"

namespace mqtts::probes {
namespace {

class ConnectionFlood : public test::BothVersions {
 protected:
  Result<Observation> attempt(std::uint16_t port) {
    return test::attempt_by("connection_flood", test::plain_client(port, GetParam()), {{"connections", "100"}});
  }
};
INSTANTIATE_TEST_SUITE_P(both, ConnectionFlood, testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         test::name_of_version);

TEST_P(ConnectionFlood, leaves_room_for_a_client) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  const auto seen = attempt(broker.port());
  EXPECT_THAT(test::facts_seen(seen), testing::StartsWith("flood.accepted_meanwhile=true flood.login_ms="));
  EXPECT_THAT(test::story(seen), testing::HasSubstr("100 connections without CONNECT were held open, 0 were refused"));
}

TEST_P(ConnectionFlood, leaves_room_for_a_client_with_tls) {
  const test::FinishedLab lab;
  const auto seen = test::attempt_by("connection_flood", lab.good_client(GetParam()), {{"connections", "100"}});
  EXPECT_THAT(test::facts_seen(seen), testing::StartsWith("flood.accepted_meanwhile=true flood.login_ms="));
}

TEST_P(ConnectionFlood, takes_the_room_of_a_client) {
  const test::PrivateMosquitto broker({"allow_anonymous true", "max_connections 60"});
  const auto seen = attempt(broker.port());
  EXPECT_EQ(test::facts_seen(seen), "flood.accepted_meanwhile=false") << test::story(seen);
}

// Of two clients and more one is not let in, with or without a flood.
TEST_P(ConnectionFlood, leaves_no_room_where_there_is_none) {
  const test::PrivateMosquitto broker({"allow_anonymous true", "max_connections 1"});
  EXPECT_THAT(test::facts_seen(attempt(broker.port())), testing::Not(testing::HasSubstr("true")));
}

TEST(ConnectionFloodKind, needs_the_permission_to_load_a_broker) {
  EXPECT_TRUE(find_kind(kinds(), "connection_flood")->needs.intrusion);
  EXPECT_TRUE(find_kind(kinds(), "publish_flood")->needs.intrusion);
}

}  // namespace
}  // namespace mqtts::probes
