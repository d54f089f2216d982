// Silent clients at brokers that end them, and one that does not.
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/raw_attempt.h"
#include "tests/support/small_broker.h"

namespace mqtts::probes {
namespace {

class KeepAlive : public test::BothVersions {};
INSTANTIATE_TEST_SUITE_P(both, KeepAlive, testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         test::name_of_version);

TEST_P(KeepAlive, is_enforced_by_mosquitto) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  const auto seen = test::attempt_by("keep_alive", test::plain_client(broker.port(), GetParam()));
  EXPECT_EQ(test::facts_seen(seen), "session.keep_alive_enforced=true session.keep_alive_limit=65535")
      << test::story(seen);
}

TEST_P(KeepAlive, is_enforced_where_an_account_has_one_connection) {
  const test::TemporaryFolder folder;
  const test::PrivateMosquitto broker({"allow_anonymous false", "use_username_as_clientid true",
                                       "password_file " + test::write_password_file(folder, {{"ann", "right"}})});
  auto client = test::plain_client(broker.port(), GetParam());
  client.user_name = "ann";
  client.password = "right";
  const auto seen = test::attempt_by("keep_alive", client, {{"slack", "10"}});
  EXPECT_EQ(test::facts_seen(seen), "session.keep_alive_enforced=true session.keep_alive_limit=65535")
      << test::story(seen);
}

TEST_P(KeepAlive, is_not_enforced) {
  const test::SmallBroker broker({});
  const auto seen = test::attempt_by("keep_alive", test::plain_client(broker.port(), GetParam()), {{"slack", "1"}});
  EXPECT_EQ(test::facts_seen(seen), "session.keep_alive_enforced=false session.keep_alive_limit=65535")
      << test::story(seen);
}

// A connection that ends for another reason is no proof.
TEST_P(KeepAlive, is_unknown_where_a_connection_ends_too_early) {
  const test::SmallBroker broker({.dies_of = std::string("\0\2", 2), .comes_back = true});
  const auto seen =
      test::attempt_by("keep_alive", test::plain_client(broker.port(), GetParam()), {{"seconds", "2"}, {"slack", "1"}});
  EXPECT_THAT(test::facts_seen(seen), testing::Not(testing::HasSubstr("enforced"))) << test::story(seen);
}

// What was seen, and how often it began to wait beside others.
struct Beside {
  Result<Observation> seen;
  int begun = 0;
};

Beside attempt_beside(Client client) {
  probes::WireProber prober;
  Beside made;
  made.seen = prober.observe({.client = std::move(client),
                              .kind = "keep_alive",
                              .timeout = std::chrono::seconds(3),
                              .begins_to_wait = [&made] { ++made.begun; }},
                             Deadline::in(std::chrono::seconds(30)));
  return made;
}

TEST_P(KeepAlive, is_watched_beside_others) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  const auto made = attempt_beside(test::plain_client(broker.port(), GetParam()));
  EXPECT_EQ(test::facts_seen(made.seen), "session.keep_alive_enforced=true session.keep_alive_limit=65535")
      << test::story(made.seen);
  EXPECT_EQ(made.begun, 1);
}

// The others would be kept out, or would end the silent client, as if the broker had done it for its silence. (For each
// client that has left, Mosquitto 2.0.11 lets in one more than it should.)
TEST_P(KeepAlive, is_not_watched_beside_others_where_connections_are_limited) {
  const test::TemporaryFolder folder;
  for (const std::vector<std::string>& limit :
       {std::vector<std::string>{"max_connections 2"},
        {"use_username_as_clientid true", "password_file " + test::write_password_file(folder, {{"ann", "right"}})}}) {
    auto lines = limit;
    lines.insert(lines.begin(), limit.size() == 1 ? "allow_anonymous true" : "allow_anonymous false");
    const test::PrivateMosquitto broker(lines);
    auto client = test::plain_client(broker.port(), GetParam());
    client.user_name = "ann";
    client.password = "right";
    const auto made = attempt_beside(client);
    EXPECT_EQ(test::facts_seen(made.seen), "session.keep_alive_limit=65535") << test::story(made.seen);
    EXPECT_EQ(made.begun, 0) << limit.front();
  }
}

TEST(KeepAliveLimit, is_what_the_broker_sets) {
  const test::PrivateMosquitto broker({"allow_anonymous true", "max_keepalive 100"});
  const auto seen =
      test::attempt_by("keep_alive", test::plain_client(broker.port(), MqttVersion::v5_0), {{"slack", "10"}});
  EXPECT_EQ(test::facts_seen(seen), "session.keep_alive_enforced=true session.keep_alive_limit=100")
      << test::story(seen);
}

}  // namespace
}  // namespace mqtts::probes
