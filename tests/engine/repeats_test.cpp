// Brokers that protect as long as they think that they are examined.
#include "harness/engine/repeats.h"

#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/engine/lab.h"

namespace mqtts::engine {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr int looks = 20;

Observation let_in() { return {.outcome = Outcome::accepted, .by = By::broker}; }

class RepeatsTest : public Lab {
 protected:
  RepeatsTest() { broker.posture = at_stage("client-certificate"); }
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

TEST_F(RepeatsTest, cost_an_honest_broker_nothing) {
  for (int i = 0; i < looks; ++i) EXPECT_THAT(not_passed(look(i)), IsEmpty()) << i;
}

TEST_F(RepeatsTest, unmask_a_broker_that_lets_the_first_one_in) {
  for (int i = 0; i < looks; ++i) {
    bool is_first = true;
    broker.interferes = [&](const Attempt& attempt) -> std::optional<Observation> {
      if (!attempt.client.tls || !std::exchange(is_first, false)) return std::nullopt;
      return let_in();
    };
    EXPECT_TRUE(is_told(look(i), "refused when it was tried, but let in when it came before all others")) << i;
  }
}

TEST_F(RepeatsTest, unmask_a_port_that_closes_once_somebody_speaks_tls) {
  for (int i = 0; i < looks; ++i) {
    bool is_open = true;
    broker.interferes = [&](const Attempt& attempt) -> std::optional<Observation> {
      is_open = is_open && !attempt.client.tls;
      return is_open ? std::optional(let_in()) : std::nullopt;
    };
    EXPECT_THAT(not_passed(look(i)), ::testing::Contains(Pair("cleartext-listener-closed", Verdict::fail))) << i;
  }
}

// It answers before anybody speaks TLS, if only to refuse, and is closed from then on.
TEST_F(RepeatsTest, unmask_a_port_that_answered_in_clear_before_all_else) {
  for (int i = 0; i < looks; ++i) {
    bool is_open = true;
    broker.interferes = [&](const Attempt& attempt) -> std::optional<Observation> {
      is_open = is_open && !attempt.client.tls;
      if (!is_open) return std::nullopt;
      return Observation{.outcome = Outcome::refused, .by = By::mqtt, .code = 5, .reason = "not_authorized"};
    };
    EXPECT_THAT(not_passed(look(i)), ::testing::Contains(Pair("cleartext-listener-closed", Verdict::fail))) << i;
  }
}

// It hangs at first, which makes us ask all ports at once, and is as it should be afterwards.
TEST_F(RepeatsTest, unmask_a_port_that_is_open_only_while_all_are_asked_at_once) {
  for (int i = 0; i < looks; ++i) {
    bool hangs = true;
    bool is_open = true;
    broker.interferes = [&](const Attempt& attempt) -> std::optional<Observation> {
      if (attempt.client.tls || !attempt.expects_rejection) return std::nullopt;
      if (std::exchange(hangs, false))
        return Observation{.outcome = Outcome::timeout, .by = By::network, .reason = "no_answer"};
      return std::exchange(is_open, false) ? std::optional(let_in()) : std::nullopt;
    };
    EXPECT_TRUE(is_told(look(i), "refused when it was tried, but let in at another time")) << i;
  }
}

TEST_F(RepeatsTest, take_the_proof_from_who_was_let_in_beside) {
  broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
    const bool is_wrong = attempt.client.password == "wrong";
    return is_wrong && attempt.client.mqtt == MqttVersion::v5_0 ? std::optional(let_in()) : std::nullopt;
  };
  const auto verdicts = not_passed(look(1));
  EXPECT_THAT(verdicts, ::testing::Contains(Pair("wrong-password-rejected", Verdict::fail)));
  EXPECT_THAT(verdicts, ::testing::Contains(Pair("valid-password-accepted", Verdict::fail)));
}

TEST_F(RepeatsTest, unmask_a_broker_that_looks_at_one_version_of_mqtt_only) {
  int unmasked = 0;
  for (int i = 0; i < looks; ++i) {
    broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
      return attempt.client.mqtt == MqttVersion::v5_0 ? std::optional(let_in()) : std::nullopt;
    };
    if (is_told(look(i), "refused in MQTT 3.1.1, but let in when it spoke MQTT 5.0")) ++unmasked;
  }
  EXPECT_EQ(unmasked, looks);
}

TEST_F(RepeatsTest, unmask_a_broker_that_does_not_look_at_the_other_users_password) {
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

// A refusal for the length or the alphabet of a password is none for its being wrong.
TEST_F(RepeatsTest, unmask_a_broker_that_looks_at_a_passwords_length_only) {
  for (auto& stage : plan.stages)
    for (auto& check : stage.checks) check.client.any_password = check.changed == "password";
  const auto right = broker.passwords.at("userclient").size();
  broker.interferes = [&](const Attempt& attempt) -> std::optional<Observation> {
    const bool fits = attempt.client.identity && attempt.client.password && attempt.client.password->size() == right;
    return fits ? std::optional(let_in()) : std::nullopt;
  };
  for (int i = 0; i < looks; ++i)
    EXPECT_THAT(not_passed(look(i)), ::testing::Contains(Pair("wrong-password-rejected", Verdict::fail))) << i;
}

TEST_F(RepeatsTest, unmask_a_broker_that_asks_nothing_over_tls_1_2) {
  broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
    return attempt.client.at_most_tls_1_2 ? std::optional(let_in()) : std::nullopt;
  };
  broker.tls_version = "TLSv1.3";
  for (int i = 0; i < looks; ++i) EXPECT_TRUE(is_told(look(i), "refused over TLS 1.3, but let in over TLS 1.2")) << i;
}

TEST_F(RepeatsTest, unmask_a_broker_that_lets_in_who_says_an_id) {
  broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
    return attempt.client.requires_client_id ? std::optional(let_in()) : std::nullopt;
  };
  EXPECT_THAT(not_passed(look(1)), ::testing::Contains(Pair("anonymous-rejected", Verdict::fail)));
}

// Our probe waits for an alert before it says CONNECT; mosquitto_pub does not.
TEST_F(RepeatsTest, unmask_a_broker_that_lets_in_who_speaks_at_once) {
  broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
    return attempt.client.connect_without_waiting ? std::optional(let_in()) : std::nullopt;
  };
  for (int i = 0; i < looks; ++i) EXPECT_FALSE(not_passed(look(i)).empty()) << i;
}

// Each refusal that counts is made in so many connections, with a seed or without one.
TEST_F(RepeatsTest, refuse_as_many_connections_as_are_asked_for) {
  const auto target = observe({.repeat = 4});
  for (const auto& stage : target.stages)
    for (const auto& check : stage.checks)
      if (!check.control.empty() && check.changed != "trust") {
        // As often again with a forged issuer.
        const auto wanted = check.id == "untrusted-ca-rejected" ? 8 : 4;
        EXPECT_EQ(to_english(check.observed->evidence.back().message), fmt::format("refused in {} connections", wanted))
            << check.id;
      }
}

// Who is let in after the time-out is let in.
TEST_F(RepeatsTest, that_are_not_answered_in_time_leave_a_doubt) {
  int tries = 0;
  broker.interferes = [&](const Attempt& attempt) -> std::optional<Observation> {
    const bool is_late = attempt.expects_rejection && attempt.client.port != plain_port &&
                         attempt.client.mqtt == MqttVersion::v3_1_1 && ++tries > 2;
    if (!is_late) return std::nullopt;
    return Observation{.outcome = Outcome::timeout, .by = By::network, .reason = "no_answer"};
  };
  const auto target = observe({.wants_check = [](const CheckSpec& it) { return it.id == "wrong-password-rejected"; }});
  const auto& wrong = check(target, "wrong-password-rejected");
  EXPECT_EQ(wrong.verdict, Verdict::error) << to_english(wrong.message);
  EXPECT_EQ(to_english(wrong.message).find("refused, but not answered in time"), 0u) << to_english(wrong.message);
}

TEST_F(RepeatsTest, find_a_back_end_that_lets_in_half_of_all) {
  int found = 0;
  std::string missed;
  constexpr int brokers = 200;
  std::minstd_rand numbers(1);
  for (int i = 0; i < brokers; ++i) {
    broker.interferes = [&](const Attempt& attempt) -> std::optional<Observation> {
      const bool is_weak = numbers() / 1000 % 2 == 0;
      return attempt.expects_rejection && attempt.client.port != plain_port && is_weak ? std::optional(let_in())
                                                                                       : std::nullopt;
    };
    const auto target =
        observe({.wants_check = [](const CheckSpec& it) { return it.id == "wrong-password-rejected"; }});
    const auto& wrong = check(target, "wrong-password-rejected");
    found += wrong.verdict == Verdict::fail;
    if (wrong.verdict != Verdict::fail) missed = to_english(wrong.message);
  }
  EXPECT_GE(found, brokers * 98 / 100) << missed;
}

// A ban that the repeated logins have brought about, told by the network or by the very code of a wrong password: what
// could not be repeated is not judged, and nothing fails.
TEST_F(RepeatsTest, are_in_doubt_where_a_ban_begins) {
  const Observation bans[] = {
      {.outcome = Outcome::refused, .by = By::network, .reason = "connection_refused"},
      {.outcome = Outcome::refused, .by = By::mqtt, .code = 5, .reason = "not_authorized"},
  };
  for (const auto& ban : bans) {
    int wrong_logins = 0;
    broker.interferes = [&](const Attempt& attempt) -> std::optional<Observation> {
      if (attempt.expects_rejection && attempt.client.tls) ++wrong_logins;
      // What MQTT says, only a client hears that TLS has let through.
      const auto& identity = attempt.client.identity;
      if (ban.by == By::mqtt && (!identity || identity->certificate.text == "stranger")) return std::nullopt;
      return wrong_logins > 12 + 8 ? std::optional(ban) : std::nullopt;
    };
    const auto target = observe();
    for (const auto& [id, verdict] : not_passed(target)) EXPECT_EQ(verdict, Verdict::error) << id;
    EXPECT_EQ(check(target, "wrong-password-rejected").verdict, Verdict::error);
    EXPECT_EQ(check(target, "missing-client-certificate-rejected").verdict, Verdict::pass);
    EXPECT_EQ(check(target, "valid-password-accepted").verdict, Verdict::pass);
  }
}

TEST_F(RepeatsTest, of_an_applied_stage_are_one_by_paho_and_one_in_the_other_version_of_mqtt) {
  const auto target = apply();
  EXPECT_THAT(not_passed(target), IsEmpty());
  std::map<std::string, int> by_program;
  for (const auto& attempt : broker.attempts)
    if (attempt.expects_rejection)
      ++by_program[attempt.programs == Programs::paho_only    ? "paho"
                   : attempt.client.mqtt == MqttVersion::v5_0 ? "MQTT 5"
                                                              : "probe"];
  EXPECT_EQ(by_program["paho"], 6) << "a closed port is no matter for Paho";
  EXPECT_EQ(by_program["MQTT 5"], 7);
}

TEST_F(RepeatsTest, find_an_applied_stage_that_lets_everybody_in_by_the_other_version) {
  broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
    return attempt.client.tls && attempt.client.mqtt == MqttVersion::v5_0 ? std::optional(let_in()) : std::nullopt;
  };
  EXPECT_THAT(not_passed(apply()), ::testing::Contains(Pair("anonymous-rejected", Verdict::fail)));
}

// A control and the checks that lean on it differ in nothing but what the plan says.
TEST_F(RepeatsTest, are_made_by_clients_that_look_like_the_control) {
  look(1);
  for (const auto& attempt : broker.attempts)
    EXPECT_EQ(attempt.client.program_seed, broker.attempts.front().client.program_seed);
}

TEST_F(RepeatsTest, tell_the_prober_who_is_unwelcome) {
  look(1);
  for (const auto& attempt : broker.attempts) EXPECT_FALSE(!attempt.others.empty() && attempt.expects_rejection);
  EXPECT_TRUE(std::ranges::any_of(broker.attempts, &Attempt::expects_rejection));
}

// A port where a client is let in when stage "open" is looked at, and that is closed when its closing is asked for.
TEST_F(RepeatsTest, a_port_that_was_open_in_the_same_look_is_not_closed) {
  broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
    return !attempt.client.tls && attempt.kind == "deliver" ? std::optional(let_in()) : std::nullopt;
  };
  const auto target = look(1);
  EXPECT_THAT(not_passed(target), UnorderedElementsAre(Pair("cleartext-listener-closed", Verdict::fail)));
  EXPECT_EQ(to_english(check(target, "cleartext-listener-closed").message),
            "nothing answered on port 1883 just then, but a client was let in there when open-listener-accepts was "
            "tried");
}

}  // namespace
}  // namespace mqtts::engine
