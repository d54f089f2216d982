// Another user's login with the client id of a connected client.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/two_users.h"
#include "tests/support/small_broker.h"

namespace mqtts::probes {
namespace {

class Takeover : public test::BothVersions {};
INSTANTIATE_TEST_SUITE_P(both, Takeover, testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         test::name_of_version);

TEST_P(Takeover, throws_the_owner_out_of_mosquitto) {
  const test::TwoUsers lab(GetParam());
  const auto seen = test::attempt_by("takeover", lab.owner(), {}, {{"intruder", lab.intruder()}});
  EXPECT_EQ(test::facts_seen(seen), "session.owner_kept=false") << test::story(seen);
  EXPECT_THAT(test::story(seen), testing::HasSubstr("the client whose id it is was thrown out"));
}

TEST_P(Takeover, fails_where_each_user_has_an_id) {
  const test::TwoUsers lab(GetParam(), {"use_username_as_clientid true"});
  const auto seen = test::attempt_by("takeover", lab.owner(), {}, {{"intruder", lab.intruder()}});
  EXPECT_EQ(test::facts_seen(seen), "session.owner_kept=true") << test::story(seen);
}

// An intruder who may not log in at all takes nothing over, whatever the broker does with ids.
TEST_P(Takeover, is_unknown_where_the_intruder_is_not_let_in) {
  const test::TwoUsers lab(GetParam(), {"use_username_as_clientid true"});
  auto intruder = lab.intruder();
  intruder.password = "wrong";
  const auto seen = test::attempt_by("takeover", lab.owner(), {}, {{"intruder", intruder}});
  EXPECT_EQ(test::facts_seen(seen), "") << test::story(seen);
}

// A broker that lets the same user be there twice with one id shows nothing by letting two users be.
TEST_P(Takeover, is_unknown_where_ids_mean_nothing) {
  const test::SmallBroker broker({});
  auto owner = test::plain_client(broker.port(), GetParam());
  owner.user_name = "ann";
  auto intruder = owner;
  intruder.user_name = "eve";
  const auto seen = test::attempt_by("takeover", owner, {}, {{"intruder", intruder}}, std::chrono::seconds(1));
  EXPECT_EQ(test::facts_seen(seen), "") << test::story(seen);
  EXPECT_THAT(test::story(seen), testing::HasSubstr("client ids mean nothing there"));
}

TEST_P(Takeover, needs_a_second_account) {
  const test::TwoUsers lab(GetParam());
  const auto alone = test::attempt_by("takeover", lab.owner());
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().kind, ErrorKind::missing_material);
  EXPECT_FALSE(test::attempt_by("takeover", lab.owner(), {}, {{"intruder", lab.owner()}}));
}

}  // namespace
}  // namespace mqtts::probes
