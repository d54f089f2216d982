// Malformed packets at brokers that endure them, leave their connections open, or die of them.
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/probes/malformed_packets.h"
#include "tests/probes/raw_attempt.h"
#include "tests/support/small_broker.h"

namespace mqtts::probes {
namespace {

using testing::HasSubstr;

class MalformedPackets : public test::BothVersions {
 protected:
  Result<Observation> attempt(std::uint16_t port) {
    return test::attempt_by("malformed_packets", test::plain_client(port, GetParam()));
  }
};
INSTANTIATE_TEST_SUITE_P(both, MalformedPackets, testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         test::name_of_version);

TEST_P(MalformedPackets, are_endured_by_mosquitto) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  EXPECT_EQ(test::facts_seen(attempt(broker.port())), "packets.kept_open=[] packets.survived=true");
}

TEST_P(MalformedPackets, are_endured_by_a_finished_lab) {
  const test::FinishedLab lab;
  EXPECT_EQ(test::facts_seen(test::attempt_by("malformed_packets", lab.good_client(GetParam()))),
            "packets.kept_open=[] packets.survived=true");
}

// There each login ends the one before.
TEST_P(MalformedPackets, need_no_two_connections_of_one_account) {
  const test::TemporaryFolder folder;
  const test::PrivateMosquitto broker({"allow_anonymous false", "use_username_as_clientid true",
                                       "password_file " + test::write_password_file(folder, {{"ann", "right"}})});
  auto client = test::plain_client(broker.port(), GetParam());
  client.user_name = "ann";
  client.password = "right";
  const auto seen = test::attempt_by("malformed_packets", client);
  EXPECT_EQ(test::facts_seen(seen), "packets.kept_open=[] packets.survived=true") << test::story(seen);
}

TEST_P(MalformedPackets, whose_connections_stay_open_are_told) {
  const test::SmallBroker broker({});
  const auto seen = attempt(broker.port());
  ASSERT_TRUE(seen);
  std::set<std::string> all;
  for (const auto& row : malformed_packets())
    if (!row.version || row.version == GetParam()) all.emplace(row.name);
  const auto& kept = std::get<std::vector<std::string>>(seen->facts.at("packets.kept_open"));
  EXPECT_EQ(std::set<std::string>(kept.begin(), kept.end()), all);
  EXPECT_EQ(std::get<bool>(seen->facts.at("packets.survived")), true);
  EXPECT_THAT(test::story(seen), HasSubstr("publish-first: 30050001740078 sent, against MQTT-3.1.0-1"));
}

TEST_P(MalformedPackets, kill_a_broker) {
  const test::SmallBroker broker({.dies_of = std::string("\x20\x02\0\0", 4)});
  const auto seen = attempt(broker.port());
  EXPECT_EQ(test::facts_seen(seen), "packets.survived=false") << test::story(seen);
  EXPECT_THAT(test::story(seen), HasSubstr("the last malformed packet before that: connack-of-a-client"));
}

// Whether it fell or the network did cannot be told.
TEST_P(MalformedPackets, are_not_survived_by_a_broker_that_ends_all_connections) {
  const test::SmallBroker broker({.dies_of = std::string("\x20\x02\0\0", 4), .comes_back = true});
  const auto seen = attempt(broker.port());
  EXPECT_EQ(seen->facts.count("packets.survived"), 0u) << test::story(seen);
  EXPECT_EQ(seen->facts.count("packets.kept_open"), 0u);
}

// Each row's name stands once for a version, and its length is that of its bytes where it does not lie.
TEST(MalformedPacketTable, names_each_row_once) {
  for (const auto version : {MqttVersion::v3_1_1, MqttVersion::v5_0}) {
    std::set<std::string_view> names;
    for (const auto& row : malformed_packets()) {
      if (row.version && row.version != version) continue;
      EXPECT_TRUE(names.insert(row.name).second) << row.name;
      const bool has_length = row.name.find("length") == std::string_view::npos;
      EXPECT_TRUE(!has_length || static_cast<unsigned char>(row.bytes[1]) + 2U == row.bytes.size()) << row.name;
    }
    EXPECT_GE(names.size(), 25u);
  }
}

}  // namespace
}  // namespace mqtts::probes
