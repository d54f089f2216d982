// The kinds of probe that say their MQTT byte by byte, at brokers that misbehave or are not there: each ends in time,
// and sees nothing that speaks for the broker.
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/raw_attempt.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/hostile_material.h"

namespace mqtts::probes {
namespace {

using namespace std::chrono_literals;
namespace hostile = test::hostile;

const std::vector<std::string> raw_kinds = {"oversized_packet", "malformed_packets", "code_points",
                                            "slow_connect",     "connection_flood",  "publish_flood",
                                            "keep_alive",       "takeover",          "session_theft"};

// Each fact of these kinds that speaks for a broker.
bool speaks_for_the_broker(const std::string& fact, const FactValue& value) {
  static const std::set<std::string> good_if_true = {"packet.oversized_refused",    "packets.survived",
                                                     "flood.accepted_meanwhile",    "flood.throttled",
                                                     "session.keep_alive_enforced", "session.owner_kept"};
  if (good_if_true.contains(fact)) return std::get<bool>(value);
  if (fact == "slow.kept_open") return !std::get<bool>(value);
  if (fact == "session.stolen_messages") return std::get<double>(value) == 0;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return list->empty();
  return false;
}

void expect_nothing_good(const test::Script& script, const std::string& what, MqttVersion mqtt) {
  for (const auto& kind : raw_kinds) {
    const test::HostileBroker broker(script);
    auto client = test::plain_client(broker.port(), mqtt);
    client.user_name = "ann";
    auto intruder = client;
    intruder.user_name = "eve";
    std::map<std::string, std::string> parameters;
    if (kind == "slow_connect") parameters["seconds"] = "1";
    if (kind == "connection_flood") parameters["connections"] = "20";
    const auto start = Clock::now();
    const auto seen = test::attempt_by(kind, client, parameters, {{"intruder", intruder}}, 300ms, 3s);
    EXPECT_LT(seconds_since(start), 5) << what << " " << kind;
    ASSERT_TRUE(seen) << what << " " << kind << ": " << to_english(seen.error().what);
    for (const auto& [fact, value] : seen->facts)
      EXPECT_FALSE(speaks_for_the_broker(fact, value)) << what << " " << kind << " " << test::facts_seen(seen);
  }
}

class RawProbes : public test::BothVersions {
 protected:
  std::string connack() const {
    return GetParam() == MqttVersion::v5_0 ? std::string("\x20\x03\0\0\0", 5) : hostile::connack(0);
  }
};
INSTANTIATE_TEST_SUITE_P(both, RawProbes, testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         test::name_of_version);

TEST_P(RawProbes, see_nothing_good_in_a_broker_that_closes_or_is_silent) {
  expect_nothing_good(hostile::closes_at_once(), "closes", GetParam());
  expect_nothing_good(hostile::resets_at_once(), "resets", GetParam());
  expect_nothing_good(hostile::says_nothing(), "silent", GetParam());
}

TEST_P(RawProbes, see_nothing_good_in_a_broker_that_lets_all_in_and_does_no_more) {
  expect_nothing_good(hostile::answers(connack()), "accepts", GetParam());
  expect_nothing_good(hostile::answers_and_closes(connack()), "accepts and closes", GetParam());
  expect_nothing_good(hostile::answers(connack() + std::string("\xd0\0", 2)), "accepts with one ping", GetParam());
}

TEST_P(RawProbes, see_nothing_good_in_a_flood) {
  expect_nothing_good(hostile::answers_endlessly(connack()), "endless zeros", GetParam());
  expect_nothing_good(hostile::answers_endlessly(connack(), std::string("\xd0\0\xd0\0\xd0\0", 6)), "endless pings",
                      GetParam());
  expect_nothing_good(hostile::answers_endlessly(connack(), "\x30\xff\xff\xff\x7f"), "vast packets", GetParam());
}

// Counts its connections, and lets only the first ones in.
TEST_P(RawProbes, see_nothing_good_in_a_broker_that_soon_has_enough) {
  for (const int most : {1, 2, 3, 4}) {
    const auto count = std::make_shared<std::atomic<int>>(0);
    expect_nothing_good(
        [count, most, answer = connack()](test::Peer& peer) {
          if (++*count % 7 >= most) return;
          bool is_first = true;
          while (!peer.read_some().empty()) {
            peer.write(is_first ? answer : std::string("\xd0\0", 2));
            is_first = false;
          }
        },
        "enough after " + std::to_string(most), GetParam());
  }
}

TEST(RawProbesWithoutBroker, see_nothing) {
  for (const auto& kind : raw_kinds) {
    auto client = test::plain_client(test::closed_port(), MqttVersion::v3_1_1);
    client.user_name = "ann";
    auto intruder = client;
    intruder.user_name = "eve";
    const auto seen = test::attempt_by(kind, client, {}, {{"intruder", intruder}});
    EXPECT_EQ(test::facts_seen(seen), "") << kind;
    EXPECT_EQ(seen->by, By::network) << kind;
  }
}

}  // namespace
}  // namespace mqtts::probes
