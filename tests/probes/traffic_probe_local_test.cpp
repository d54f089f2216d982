// What an eavesdropper reads of a message and a password, by listeners with TLS and without.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/raw_attempt.h"
#include "tests/probes/two_users.h"
#include "tests/support/small_broker.h"
#include "tests/support/websocket_server.h"

namespace mqtts::probes {
namespace {

class TrafficLocal : public test::BothVersions {};
INSTANTIATE_TEST_SUITE_P(both, TrafficLocal, testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         test::name_of_version);

TEST_P(TrafficLocal, is_read_without_tls) {
  const test::TwoUsers lab(GetParam());
  const auto seen = test::attempt_by("traffic", lab.owner());
  EXPECT_EQ(test::facts_seen(seen), "capture.contains_password=true capture.contains_payload=true")
      << test::story(seen);
}

// Frames to the broker are masked, which hides nothing.
TEST_P(TrafficLocal, is_read_over_a_websocket_without_tls) {
  const test::TemporaryFolder folder;
  const auto port = test::closed_port();
  auto lines = test::websocket_listener(port);
  lines.insert(lines.end(),
               {"allow_anonymous false", "password_file " + test::write_password_file(folder, {{"ann", "right"}})});
  const test::PrivateMosquitto broker(lines);
  auto client = test::plain_client(port, GetParam());
  client.websocket = true;
  client.user_name = "ann";
  client.password = "right";
  const auto seen = test::attempt_by("traffic", client);
  EXPECT_EQ(test::facts_seen(seen), "capture.contains_password=true capture.contains_payload=true")
      << test::story(seen);
}

TEST_P(TrafficLocal, is_hidden_by_tls) {
  for (const auto* version : {"TLSv1.2", "TLSv1.3"}) {
    const test::FinishedLab lab(version);
    const auto seen = test::attempt_by("traffic", lab.good_client(GetParam()));
    EXPECT_EQ(test::facts_seen(seen), "capture.contains_password=false capture.contains_payload=false")
        << test::story(seen);
  }
}

TEST_P(TrafficLocal, is_not_known_of_what_was_not_delivered) {
  const test::TemporaryFolder folder;
  const auto rules = folder.write("acl", "user ann\ntopic read other/#\n");
  const test::TwoUsers lab(GetParam(), {"acl_file " + rules});
  const auto seen = test::attempt_by("traffic", lab.owner());
  EXPECT_EQ(test::facts_seen(seen), "capture.contains_password=true") << test::story(seen);
}

TEST_P(TrafficLocal, is_not_known_of_a_client_that_is_not_let_in) {
  const test::FinishedLab lab;
  auto client = lab.good_client(GetParam());
  client.password = "wrong-password";
  const auto seen = test::attempt_by("traffic", client);
  EXPECT_EQ(test::facts_seen(seen), "") << test::story(seen);
}

TEST_P(TrafficLocal, does_not_look_for_a_password_that_is_found_by_chance) {
  const test::SmallBroker broker({});
  auto client = test::plain_client(broker.port(), GetParam());
  client.user_name = "ann";
  client.password = "abc";
  const auto seen = test::attempt_by("traffic", client);
  EXPECT_EQ(test::facts_seen(seen), "") << test::story(seen);
  EXPECT_THAT(test::story(seen), testing::HasSubstr("too short"));
}

}  // namespace
}  // namespace mqtts::probes
