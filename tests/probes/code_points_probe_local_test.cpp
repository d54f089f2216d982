// Characters that MQTT forbids or discourages, at a broker that looks and one that does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/raw_attempt.h"
#include "tests/support/small_broker.h"

namespace mqtts::probes {
namespace {

class CodePoints : public test::BothVersions {
 protected:
  Result<Observation> attempt(std::uint16_t port) {
    return test::attempt_by("code_points", test::plain_client(port, GetParam()));
  }
};
INSTANTIATE_TEST_SUITE_P(both, CodePoints, testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         test::name_of_version);

TEST_P(CodePoints, are_refused_by_mosquitto) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  EXPECT_EQ(test::facts_seen(attempt(broker.port())), "code_points.accepted=[] code_points.discouraged_accepted=[]");
}

// Which refuses every unknown user, with whatever name.
TEST_P(CodePoints, are_not_tried_where_a_harmless_one_is_refused) {
  const test::FinishedLab lab;
  const auto seen = test::attempt_by("code_points", lab.good_client(GetParam()));
  EXPECT_EQ(test::facts_seen(seen), "code_points.accepted=[] code_points.discouraged_accepted=[]");
  EXPECT_THAT(test::story(seen), testing::HasSubstr("not tried in User Name"));
}

TEST_P(CodePoints, are_taken_by_a_broker_that_does_not_look) {
  const test::SmallBroker broker({});
  const auto seen = attempt(broker.port());
  ASSERT_TRUE(seen);
  const auto list = [&](const char* fact) { return std::get<std::vector<std::string>>(seen->facts.at(fact)); };
  EXPECT_EQ(list("code_points.accepted").size(), 3u * 4);
  EXPECT_EQ(list("code_points.discouraged_accepted").size(), 7u * 4);
  EXPECT_THAT(list("code_points.accepted"), testing::Contains("U+0000 in Client Identifier"));
}

TEST_P(CodePoints, are_told_one_by_one) {
  const test::SmallBroker broker({.hangs_up_at = "mqtts-harness\xed\xa0\x80"});
  const auto seen = attempt(broker.port());
  ASSERT_TRUE(seen);
  const auto& taken = std::get<std::vector<std::string>>(seen->facts.at("code_points.accepted"));
  EXPECT_THAT(taken, testing::Not(testing::Contains("U+D800 in Topic Name")));
  EXPECT_THAT(taken, testing::Contains("U+DFFF in Topic Name"));
}

}  // namespace
}  // namespace mqtts::probes
