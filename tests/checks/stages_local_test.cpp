// A real Mosquitto at each of the lab's stages, observed with the whole plan: the points up to there, and none beyond.
#include <gtest/gtest.h>

#include "harness/runner/collect_fingerprints.h"
#include "tests/checks/configuration.h"
#include "tests/checks/observed_lab.h"
#include "tests/support/finished_lab.h"
#include "tests/support/hostile_broker.h"

namespace mqtts::checks {
namespace {

struct Stage {
  std::string id;
  bool on_tls_port;                                         // else on the plain one
  std::vector<std::string> (*lines)(const Configuration&);  // below its listener
};

const std::vector<Stage> stages = {
    {"open", false, [](const Configuration&) { return std::vector<std::string>{"allow_anonymous true"}; }},
    {"tls", true,
     [](const Configuration& it) {
       return std::vector<std::string>{"cafile " + it.cafile, "certfile " + it.certfile, "keyfile " + it.keyfile,
                                       "allow_anonymous true"};
     }},
    {"password", true,
     [](const Configuration& it) {
       return std::vector<std::string>{"cafile " + it.cafile, "certfile " + it.certfile, "keyfile " + it.keyfile,
                                       it.anonymous_rule, it.password_file};
     }},
    {"client-certificate", true, [](const Configuration& it) { return it.lines(0); }},
};

class AtStage : public ::testing::TestWithParam<std::tuple<Stage, MqttVersion>> {};

TEST_P(AtStage, gets_the_points_up_to_there_and_fails_beyond) {
  const auto& [stage, mqtt] = GetParam();
  test::LabMaterial material;
  const test::PrivateMosquitto broker(stage.lines(finished(material)));
  const auto other = test::closed_port();
  const auto target = observe(
      stage.on_tls_port ? Ports{.tls = broker.port(), .plain = other} : Ports{.tls = other, .plain = broker.port()},
      material, mqtt);
  bool beyond = false;
  for (const auto& result : target.stages) {
    for (const auto& check : result.checks) {
      if (!beyond)
        EXPECT_EQ(check.verdict, Verdict::pass) << check.id << "\n" << story_of(target);
      else if (check.control.empty())
        EXPECT_EQ(check.verdict, Verdict::fail) << check.id << "\n" << story_of(target);
      else
        EXPECT_TRUE(check.verdict == Verdict::fail || check.verdict == Verdict::error) << check.id << story_of(target);
    }
    beyond = beyond || result.id == stage.id;
  }
}

INSTANTIATE_TEST_SUITE_P(Lab, AtStage,
                         ::testing::Combine(::testing::ValuesIn(stages),
                                            ::testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0)),
                         [](const auto& instance) {
                           auto name = std::get<0>(instance.param).id;
                           std::ranges::replace(name, '-', '_');
                           return name +
                                  (std::get<1>(instance.param) == MqttVersion::v5_0 ? "_mqtt_5_0" : "_mqtt_3_1_1");
                         });

TEST(Observed, a_broker_without_tls_on_the_tls_port_passes_nothing) {
  test::LabMaterial material;
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  const auto target = observe({.tls = broker.port(), .plain = test::closed_port()}, material);
  for (const auto& [id, verdict] : verdicts_of(target)) EXPECT_NE(verdict, Verdict::pass) << id << story_of(target);
}

TEST(Observed, a_broker_without_tls_on_both_ports_passes_the_first_stage_only) {
  test::LabMaterial material;
  const auto plain = test::closed_port();
  const test::PrivateMosquitto broker({"listener " + std::to_string(plain) + " 127.0.0.1", "allow_anonymous true"});
  const auto target = observe({.tls = broker.port(), .plain = plain}, material);
  for (const auto& [id, verdict] : verdicts_of(target))
    EXPECT_EQ(verdict == Verdict::pass, id == "open-listener-accepts") << id << story_of(target);
  EXPECT_EQ(verdicts_of(target).at("tls-accepted"), Verdict::fail) << story_of(target);
}

TEST(Observed, two_brokers_with_one_certificate_show_the_same_traits_and_none_of_ours) {
  test::LabMaterial material;
  const auto lines = finished(material).lines(0);
  const test::PrivateMosquitto one(lines);
  const test::PrivateMosquitto two(lines);
  const auto fingerprints = runner::fingerprints_of(observe({one.port(), test::closed_port()}, material));
  EXPECT_EQ(fingerprints, runner::fingerprints_of(observe({two.port(), test::closed_port()}, material)));
  ASSERT_EQ(fingerprints.size(), 4u);  // the server's key, the CA's, and the serials of both
  test::LabMaterial another;
  const test::PrivateMosquitto three(finished(another).lines(0));
  for (const auto& fingerprint : runner::fingerprints_of(observe({three.port(), test::closed_port()}, another)))
    EXPECT_EQ(std::ranges::find(fingerprints, fingerprint), fingerprints.end()) << to_string(fingerprint.kind);
}

}  // namespace
}  // namespace mqtts::checks
