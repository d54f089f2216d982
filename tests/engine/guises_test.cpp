// Brokers that protect as long as they think that they are examined.
#include "harness/engine/guises.h"

#include <gmock/gmock.h>

#include "tests/engine/lab.h"

namespace mqtts::engine {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr int looks = 20;

Observation let_in() { return {.outcome = Outcome::accepted, .by = By::broker}; }

class GuisesTest : public Lab {
 protected:
  GuisesTest() { broker.posture = at_stage("client-certificate"); }
  // One look of many, each with another seed.
  TargetResult look(int number) {
    seed = "seed " + std::to_string(number);
    broker.attempts.clear();
    return observe();
  }
  // A check has failed for that reason, and shows who was let in.
  static bool is_told(const TargetResult& target, const std::string& why) {
    for (const auto& stage : target.stages)
      for (const auto& check : stage.checks)
        if (check.verdict == Verdict::fail && to_english(check.message) == why)
          return check.points == 0 && check.observed->outcome == Outcome::accepted && stage.verdict == Verdict::fail;
    return false;
  }
};

TEST_F(GuisesTest, cost_an_honest_broker_nothing) {
  for (int i = 0; i < looks; ++i) EXPECT_THAT(not_passed(look(i)), IsEmpty()) << i;
}

TEST_F(GuisesTest, unmask_a_broker_that_lets_the_first_one_in) {
  for (int i = 0; i < looks; ++i) {
    bool is_first = true;
    broker.interferes = [&](const Attempt& attempt) -> std::optional<Observation> {
      if (!attempt.client.tls || !std::exchange(is_first, false)) return std::nullopt;
      return let_in();
    };
    EXPECT_TRUE(is_told(look(i), "refused when it was tried, but let in when it came before all others")) << i;
  }
}

TEST_F(GuisesTest, unmask_a_port_that_closes_once_somebody_speaks_tls) {
  for (int i = 0; i < looks; ++i) {
    bool is_open = true;
    broker.interferes = [&](const Attempt& attempt) -> std::optional<Observation> {
      is_open = is_open && !attempt.client.tls;
      return is_open ? std::optional(let_in()) : std::nullopt;
    };
    EXPECT_THAT(not_passed(look(i)), ::testing::Contains(Pair("cleartext-listener-closed", Verdict::fail))) << i;
  }
}

TEST_F(GuisesTest, unmask_a_broker_that_looks_at_one_version_of_mqtt_only) {
  int unmasked = 0;
  for (int i = 0; i < looks; ++i) {
    broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
      return attempt.client.mqtt == MqttVersion::v5_0 ? std::optional(let_in()) : std::nullopt;
    };
    if (is_told(look(i), "refused in MQTT 3.1.1, but let in when it spoke MQTT 5.0")) ++unmasked;
  }
  EXPECT_EQ(unmasked, looks);
}

TEST_F(GuisesTest, unmask_a_broker_that_does_not_look_at_the_other_users_password) {
  plan.materials.accounts = {{"userclient", ""}, {"userbroker", ""}};
  for (auto& stage : plan.stages)
    for (auto& check : stage.checks) check.client.any_password = check.changed == "password";
  EXPECT_THAT(not_passed(look(0)), IsEmpty());
  broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
    return attempt.client.user_name == "userbroker" && attempt.client.identity ? std::optional(let_in()) : std::nullopt;
  };
  for (int i = 0; i < looks; ++i)
    EXPECT_TRUE(is_told(look(i), "refused, but userbroker was let in with a wrong password")) << i;
}

// Our probe waits for an alert before it says CONNECT; mosquitto_pub does not.
TEST_F(GuisesTest, unmask_a_broker_that_lets_in_who_speaks_at_once) {
  broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
    return attempt.client.speaks_at_once ? std::optional(let_in()) : std::nullopt;
  };
  for (int i = 0; i < looks; ++i) EXPECT_FALSE(not_passed(look(i)).empty()) << i;
}

TEST_F(GuisesTest, are_not_worn_without_a_seed) {
  observe();
  for (const auto& attempt : broker.attempts) EXPECT_EQ(attempt.client.mqtt, MqttVersion::v3_1_1);
}

TEST_F(GuisesTest, tell_the_prober_who_is_unwelcome) {
  look(1);
  for (const auto& attempt : broker.attempts) EXPECT_FALSE(attempt.reader && attempt.unwelcome);
  EXPECT_TRUE(std::ranges::any_of(broker.attempts, &Attempt::unwelcome));
}

// A port where a client is let in when stage "open" is looked at, and that is closed when its closing is asked for.
TEST_F(GuisesTest, a_port_that_was_open_in_the_same_look_is_not_closed) {
  broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
    return !attempt.client.tls && attempt.reader ? std::optional(let_in()) : std::nullopt;
  };
  const auto target = look(1);
  EXPECT_THAT(not_passed(target), UnorderedElementsAre(Pair("cleartext-listener-closed", Verdict::fail)));
  EXPECT_EQ(to_english(check(target, "cleartext-listener-closed").message),
            "nothing answered on port 1883 just then, but a client was let in there when open-listener-accepts was "
            "tried");
}

}  // namespace
}  // namespace mqtts::engine
