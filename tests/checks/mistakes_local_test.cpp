// What each mistake costs on a real broker, and no more, without a look at its host.
#include <gmock/gmock.h>

#include "harness/model/next_step.h"
#include "tests/checks/mistakes.h"
#include "tests/support/finished_lab.h"
#include "tests/support/hostile_broker.h"

namespace mqtts::checks {
namespace {

class OneMistake : public ::testing::TestWithParam<std::tuple<Mistake, test::Protocols>> {};

TEST_P(OneMistake, costs_the_checks_that_answer_for_it) {
  const auto& [mistake, protocols] = GetParam();
  LabMaterial material;
  auto configuration = finished(material);
  Look look{.mqtt = protocols.mqtt};
  mistake.make({material, configuration, look});
  const auto plain_port = test::closed_port();
  const test::PrivateMosquitto broker(configuration.lines(plain_port), test::cap_tls(material.folder(), protocols.tls));
  const auto target = observe({broker.port(), plain_port}, material, look);
  EXPECT_EQ(not_passed(target), mistake.cost) << story_of(target) << broker.log();
  EXPECT_EQ(target.score, mistake.score) << story_of(target);
  const auto step = next_step(target);
  ASSERT_EQ(step.has_value(), !mistake.cost.empty());
  if (!step) return;
  EXPECT_EQ(target.stages[step->stage].checks[step->check].id, mistake.step.check);
  const auto advice = advice_for(target, *step);
  EXPECT_THAT(advice.message.empty() ? advice.hint.en : to_english(advice.message),
              ::testing::HasSubstr(mistake.step.words));
  EXPECT_EQ(verdicts_of(target).size(), 13u);
}

INSTANTIATE_TEST_SUITE_P(Lab, OneMistake,
                         ::testing::Combine(::testing::ValuesIn(mistakes), ::testing::ValuesIn(test::all_protocols)),
                         [](const auto& each) {
                           return std::get<0>(each.param).name + "_" + test::name_of(std::get<1>(each.param));
                         });

std::string reason_of(const TargetResult& target, const std::string& id) {
  for (const auto& stage : target.stages)
    for (const auto& check : stage.checks)
      if (check.id == id) return to_english(check.message);
  return {};
}

TEST(MixedUpPorts, are_named) {
  LabMaterial material;
  const test::PrivateMosquitto in_clear({"allow_anonymous true"});
  const test::PrivateMosquitto over_tls(finished(material).lines(0));
  const auto closed = test::closed_port();
  const auto name = [](std::uint16_t port) { return "port " + std::to_string(port); };
  EXPECT_EQ(reason_of(observe({in_clear.port(), closed}, material), "tls-accepted"),
            name(in_clear.port()) + " answers in MQTT, but in clear: TLS is not set up on it");
  const auto swapped = observe({closed, over_tls.port()}, material);
  EXPECT_EQ(reason_of(swapped, "open-listener-accepts"), name(over_tls.port()) + " answers, but over TLS only");
  EXPECT_EQ(reason_of(swapped, "tls-accepted"), "nothing listens on " + name(closed) + ", and TLS answers on " +
                                                    name(over_tls.port()) + ": are the two mixed up?");
}

}  // namespace
}  // namespace mqtts::checks
