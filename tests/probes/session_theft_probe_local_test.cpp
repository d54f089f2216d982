// Another user's login with the client id of a session that messages wait in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/wire/mqtt_link.h"
#include "tests/probes/two_users.h"
#include "tests/support/small_broker.h"

namespace mqtts::probes {
namespace {

class SessionTheft : public test::BothVersions {};
INSTANTIATE_TEST_SUITE_P(both, SessionTheft, testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         test::name_of_version);

TEST_P(SessionTheft, brings_mosquittos_messages_to_another_user) {
  const test::TwoUsers lab(GetParam());
  const auto seen = test::attempt_by("session_theft", lab.owner(), {}, {{"intruder", lab.intruder()}});
  EXPECT_EQ(test::facts_seen(seen), "session.stolen_messages=1") << test::story(seen);
}

// Its id is drawn from the client's seed.
TEST_P(SessionTheft, leaves_no_session_behind) {
  for (const auto& more : {std::vector<std::string>{}, {"use_username_as_clientid true"}}) {
    const test::TwoUsers lab(GetParam(), more);
    auto owner = lab.owner();
    owner.seed = "seed";
    const auto seen = test::attempt_by("session_theft", owner, {}, {{"intruder", lab.intruder()}});
    EXPECT_EQ(seen->facts.count("session.stolen_messages"), 1u) << test::story(seen);
    for (const auto& client : {owner, lab.intruder()}) {
      auto link = wire::MqttLink::open(client, wire::TlsOffer::system_default, Deadline::in(std::chrono::seconds(3)));
      auto packet = wire::connect_packet_of(client, wire::client_id_for(owner, "session"));
      packet.clean = false;
      const auto answer = link->log_in(packet, Deadline::in(std::chrono::seconds(3)));
      EXPECT_TRUE(answer->accepted());
      EXPECT_FALSE(answer->session_present) << *client.user_name;
      packet.clean = true;
      auto last = wire::MqttLink::open(client, wire::TlsOffer::system_default, Deadline::in(std::chrono::seconds(3)));
      EXPECT_TRUE(last->log_in(packet, Deadline::in(std::chrono::seconds(3)))->accepted());
    }
  }
}

TEST_P(SessionTheft, brings_nothing_where_each_user_has_an_id) {
  const test::TwoUsers lab(GetParam(), {"use_username_as_clientid true"});
  const auto seen = test::attempt_by("session_theft", lab.owner(), {}, {{"intruder", lab.intruder()}});
  EXPECT_EQ(test::facts_seen(seen), "session.stolen_messages=0") << test::story(seen);
}

TEST_P(SessionTheft, is_unknown_where_the_owner_may_not_use_the_topic) {
  const test::TemporaryFolder folder;
  const test::TwoUsers lab(GetParam(), {"use_username_as_clientid true",
                                        "acl_file " + folder.write("acl", "user ann\ntopic write nothing\n")});
  const auto seen =
      test::attempt_by("session_theft", lab.owner(), {}, {{"intruder", lab.intruder()}}, std::chrono::seconds(1));
  EXPECT_EQ(test::facts_seen(seen), "") << test::story(seen);
  EXPECT_THAT(test::story(seen), testing::HasSubstr("give a \"topic\" that it may use"));
}

// Without sessions nothing can be stolen from one, and nothing is shown by that.
TEST_P(SessionTheft, is_unknown_without_sessions) {
  const test::SmallBroker broker({});
  auto owner = test::plain_client(broker.port(), GetParam());
  owner.user_name = "ann";
  auto intruder = owner;
  intruder.user_name = "eve";
  const auto seen = test::attempt_by("session_theft", owner, {}, {{"intruder", intruder}}, std::chrono::seconds(1));
  EXPECT_EQ(test::facts_seen(seen), "") << test::story(seen);
}

}  // namespace
}  // namespace mqtts::probes
