#include "harness/engine/recording_prober.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mqtts::engine {
namespace {

using ::testing::Contains;

// Answers as it is told to, by port.
class ScriptedProber : public Prober {
 public:
  std::map<std::uint16_t, Observation> answers;
  int asked = 0;
  Result<Observation> observe(const Attempt& attempt, const Deadline&) override {
    ++asked;
    return answers.at(attempt.client.port);
  }
};

class Silence : public ::testing::Test {
 protected:
  Observation ask(RecordingProber& prober, std::uint16_t port, Clock::duration time = std::chrono::seconds(5),
                  bool expects_rejection = false, MqttVersion mqtt = MqttVersion::v3_1_1, bool tls = false) {
    Attempt attempt{.client = {.address = "127.0.0.1", .port = port, .tls = tls, .mqtt = mqtt}};
    attempt.timeout = time;
    attempt.expects_rejection = expects_rejection;
    return prober.observe(attempt, Deadline::in(std::chrono::seconds(1))).value();
  }

  const Observation timeout{.outcome = Outcome::timeout, .by = By::network, .reason = "no_answer"};
  const Observation let_in_here{.outcome = Outcome::accepted, .by = By::broker, .code = 0};
  ScriptedProber broker;
};

TEST_F(Silence, of_a_port_is_waited_for_so_often_and_no_more) {
  broker.answers = {{1, timeout}, {2, timeout}};
  RecordingProber prober(broker, SilenceLimit{2, std::chrono::seconds(5)});
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(ask(prober, 1).evidence.empty());
  const auto not_tried = ask(prober, 1);
  EXPECT_EQ(broker.asked, 2);
  EXPECT_EQ(not_tried.outcome, Outcome::timeout);
  EXPECT_THAT(not_tried.evidence, Contains(note(msg("not tried again: nothing had answered there before"))));
  ask(prober, 2);
  EXPECT_EQ(broker.asked, 3) << "another port";
}

TEST_F(Silence, does_not_keep_those_from_a_port_who_should_be_refused_unless_they_say_the_same) {
  broker.answers = {{1, timeout}};
  RecordingProber prober(broker, SilenceLimit{1, std::chrono::seconds(5)});
  for (int i = 0; i < 3; ++i) ask(prober, 1, std::chrono::seconds(5), true);
  EXPECT_EQ(broker.asked, 3);
  ask(prober, 1);
  ask(prober, 1, std::chrono::seconds(5), true, MqttVersion::v5_0);
  ask(prober, 1, std::chrono::seconds(5), true, MqttVersion::v3_1_1, true);
  EXPECT_EQ(broker.asked, 6);
  ask(prober, 1, std::chrono::seconds(5), true);
  EXPECT_EQ(broker.asked, 6) << "MQTT 3.1.1 in clear has had no answer";
}

TEST_F(Silence, of_a_port_that_tcp_never_reaches_does_not_stand_for_a_try_of_who_should_be_refused) {
  broker.answers = {{1, timeout}};
  broker.answers[1].reason = "timed_out";
  RecordingProber prober(broker, SilenceLimit{1, std::chrono::seconds(5)});
  ask(prober, 1);
  for (int i = 0; i < 2; ++i) ask(prober, 1, std::chrono::seconds(5), true);
  EXPECT_EQ(broker.asked, 3);
}

TEST_F(Silence, of_somebody_who_has_spoken_or_was_not_given_the_time_is_none) {
  broker.answers = {{1, timeout}, {2, let_in_here}};
  RecordingProber prober(broker, SilenceLimit{1, std::chrono::seconds(5)});
  for (int i = 0; i < 3; ++i) ask(prober, 1, std::chrono::seconds(2));
  EXPECT_EQ(broker.asked, 3);
  ask(prober, 2);
  broker.answers[2] = timeout;
  for (int i = 0; i < 3; ++i) ask(prober, 2);
  EXPECT_EQ(broker.asked, 7);
}

TEST_F(Silence, is_waited_for_each_time_where_stages_are_applied) {
  broker.answers = {{1, timeout}};
  RecordingProber prober(broker);
  for (int i = 0; i < 5; ++i) ask(prober, 1);
  EXPECT_EQ(broker.asked, 5);
}

}  // namespace
}  // namespace mqtts::engine
