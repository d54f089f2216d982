// Probes of access control on real Mosquitto brokers.
#include <gmock/gmock.h>

#include "harness/probes/probes.h"
#include "tests/probes/two_users.h"

namespace mqtts::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Roles = std::map<std::string, Client>;

class AccessProbe : public ::testing::TestWithParam<MqttVersion> {
 protected:
  Observation look(const std::string& kind, const Client& client, const Roles& others,
                   const std::map<std::string, std::string>& parameters = {}) {
    WireProber prober;
    auto seen = prober.observe({.client = client,
                                .kind = kind,
                                .others = others,
                                .parameters = parameters,
                                .timeout = std::chrono::seconds(2)},
                               Deadline::in(std::chrono::seconds(30)));
    if (!seen) ADD_FAILURE() << to_english(seen.error().what);
    return seen.value_or(Observation{});
  }

  bool is_not_made(const std::string& kind, const Client& client, const Roles& others) {
    WireProber prober;
    const auto seen = prober.observe(
        {.client = client, .kind = kind, .others = others, .parameters = {}, .timeout = std::chrono::seconds(1)},
        Deadline::in(std::chrono::seconds(20)));
    return !seen && seen.error().kind == ErrorKind::missing_material;
  }

  std::vector<std::string> rules(const std::string& text) {
    return {"acl_file " + folder_.write("acl", text), "sys_interval 1"};
  }

  test::TemporaryFolder folder_;
};

TEST_P(AccessProbe, tells_who_reads_system_topics) {
  const test::TwoUsers denied(GetParam(), rules("user ann\ntopic readwrite #\nuser eve\ntopic read #\ntopic read $SYS/#\n"));
  EXPECT_EQ(look("system_topics", denied.owner(), {{"witness", denied.intruder()}}).facts.at("system_topics.messages"),
            FactValue(0.0));
  const auto read = look("system_topics", denied.intruder(), {});
  EXPECT_GT(std::get<double>(read.facts.at("system_topics.messages")), 0);
}

// Nobody was seen to get any: there may be none. Nor is there an administrator who is obeyed.
TEST_P(AccessProbe, says_nothing_of_system_topics_that_nobody_reads) {
  const test::TwoUsers nobody(GetParam(), rules("user ann\ntopic readwrite #\nuser eve\ntopic read #\n"));
  EXPECT_TRUE(is_not_made("system_topics", nobody.owner(), {{"witness", nobody.intruder()}}));
  EXPECT_TRUE(is_not_made("system_topics", nobody.owner(), {}));
}

TEST_P(AccessProbe, counts_what_a_group_loses_to_one_that_may_not_read) {
  const std::string both = "user ann\ntopic readwrite #\nuser eve\ntopic read open/#\n";
  const test::TwoUsers starved(GetParam(), rules(both));
  const std::map<std::string, std::string> topic{{"topic", "secret/a"}};
  const auto lost = look("shared_group", starved.owner(),
                         {{"member", starved.owner()}, {"intruder", starved.intruder()}}, topic);
  EXPECT_GT(std::get<double>(lost.facts.at("shared_group.lost")), 5);
  // Where the other one is not let into the broker, nothing is known.
  auto stranger = starved.intruder();
  stranger.password = "wrong";
  EXPECT_FALSE(look("shared_group", starved.owner(), {{"member", starved.owner()}, {"intruder", stranger}}, topic)
                   .facts.contains("shared_group.lost"));
  // And where the member itself cannot read.
  EXPECT_FALSE(look("shared_group", starved.owner(),
                    {{"member", starved.intruder()}, {"intruder", starved.owner()}}, topic)
                   .facts.contains("shared_group.lost"));
}

TEST_P(AccessProbe, finds_rights_that_come_from_a_client_id) {
  const std::string own = "user ann\ntopic readwrite #\nuser eve\ntopic readwrite open/#\n";
  const std::map<std::string, std::string> parameters{{"topic", "u/ann/x"}, {"sentinel", "open/s"}, {"victim", "ann"}};
  const test::TwoUsers by_name(GetParam(), rules(own + "pattern readwrite u/%u/#\n"));
  const auto denied = look("client_id_patterns", by_name.intruder(), {{"owner", by_name.owner()}}, parameters);
  EXPECT_EQ(denied.facts.at("client_id_patterns.delivered"), FactValue(std::vector<std::string>{}));
  EXPECT_EQ(denied.facts.at("client_id_patterns.tried"), FactValue(6.0));
  const test::TwoUsers by_id(GetParam(), rules(own + "pattern readwrite u/%c/#\n"));
  const auto found = look("client_id_patterns", by_id.intruder(), {{"owner", by_id.owner()}}, parameters);
  EXPECT_THAT(std::get<std::vector<std::string>>(found.facts.at("client_id_patterns.delivered")),
              ::testing::UnorderedElementsAre("write ann/x", "read ann/x"));
  // An owner who cannot use the topic, or a client without the sentinel, shows nothing.
  EXPECT_FALSE(look("client_id_patterns", by_id.owner(), {{"owner", by_id.intruder()}}, parameters)
                   .facts.contains("client_id_patterns.delivered"));
  auto without_sentinel = parameters;
  without_sentinel["sentinel"] = "closed/s";
  EXPECT_FALSE(look("client_id_patterns", by_id.intruder(), {{"owner", by_id.owner()}}, without_sentinel)
                   .facts.contains("client_id_patterns.delivered"));
}

TEST_P(AccessProbe, tells_which_variants_of_a_name_are_let_in) {
  const test::TwoUsers two(GetParam());
  const auto seen = look("name_variants", two.owner(), {});
  EXPECT_THAT(std::get<std::vector<std::string>>(seen.facts.at("name_variants.accepted")), IsEmpty());
  EXPECT_EQ(seen.facts.at("name_variants.tried"), FactValue(3.0));
  auto lines = rules("pattern readwrite users/%u/#\n");
  lines.insert(lines.end(), {"allow_anonymous false", "password_file " + test::write_password_file(
                                                          folder_, {{"ann", "right"}, {"ANN", "right"}})});
  const test::PrivateMosquitto weak(lines);
  auto client = test::plain_client(weak.port(), GetParam());
  client.user_name = "ann";
  client.password = "right";
  const auto with_topic = look("name_variants", client, {}, {{"topic", "users/ann/a"}});
  EXPECT_THAT(std::get<std::vector<std::string>>(with_topic.facts.at("name_variants.accepted")), ElementsAre("ANN"));
  EXPECT_TRUE(is_not_made("name_variants", client, {})) << "it may be the same user to the broker";
  client.password = "wrong";
  EXPECT_FALSE(look("name_variants", client, {}).facts.contains("name_variants.accepted"))
      << "an account that is not let in itself is no control";
}

TEST_P(AccessProbe, says_nothing_of_orders_where_nobody_takes_them) {
  const test::TwoUsers two(GetParam());
  EXPECT_TRUE(is_not_made("control_topic", two.owner(), {{"administrator", two.intruder()}}));
}

TEST_P(AccessProbe, tells_whether_another_account_hears_everything) {
  const test::TwoUsers open(GetParam());
  const auto heard = look("eavesdrop", open.owner(), {{"intruder", open.intruder()}});
  EXPECT_EQ(heard.facts.at("eavesdrop.heard"), FactValue(true));
  const test::TwoUsers closed(GetParam(), rules("user ann\ntopic readwrite mqtts-harness/#\nuser eve\ntopic readwrite other/#\n"));
  EXPECT_EQ(look("eavesdrop", closed.owner(), {{"intruder", closed.intruder()}}).facts.at("eavesdrop.heard"),
            FactValue(false));
  // Who cannot send itself a message shows nothing by a silence.
  EXPECT_FALSE(look("eavesdrop", closed.intruder(), {{"intruder", closed.owner()}}).facts.contains("eavesdrop.heard"));
}

INSTANTIATE_TEST_SUITE_P(both, AccessProbe, ::testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         [](const auto& each) { return each.param == MqttVersion::v5_0 ? "mqtt_5_0" : "mqtt_3_1_1"; });

}  // namespace
}  // namespace mqtts::probes
