// Observing a broker that stands at any stage: what it may get, and what it must not.
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engine/cross_check.h"
#include "tests/engine/lab.h"

namespace mqtts::engine {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

Observation refused_port() { return {.outcome = Outcome::refused, .by = By::network, .reason = "connection_refused"}; }
Observation turned_away() {
  return {.outcome = Outcome::refused, .by = By::mqtt, .code = 5, .reason = "not_authorized"};
}
Observation lost() { return {.outcome = Outcome::closed, .by = By::broker}; }

class Observing : public Lab {
 protected:
  TargetResult observe_with_host(Options options = {}) {
    options.mode = Mode::observe;
    return run(std::move(options), &broker);
  }
  Options only(const std::string& stage) const {
    return {.wants_stage = [stage](const StageSpec& it) { return it.id == stage; }};
  }
  static std::string message_of(const TargetResult& target, const std::string& id) {
    return to_english(check(target, id).message);
  }
};

// ---- a broker at each stage -------------------------------------------------------------------

struct Standing {
  std::string stage;
  bool with_host;
};

class AtStage : public Observing, public ::testing::WithParamInterface<Standing> {};

TEST_P(AtStage, gets_the_points_up_to_there_and_fails_beyond) {
  const auto& [stage, with_host] = GetParam();
  broker.posture = at_stage(stage);
  const auto target = with_host ? observe_with_host() : observe();
  double points = 0;
  bool beyond = false;
  for (const auto& result : target.stages) {
    for (const auto& check : result.checks) {
      if (!beyond) {
        EXPECT_EQ(check.verdict, Verdict::pass) << check.id << ": " << to_english(check.message);
        points += check.max_points;
      } else if (check.control.empty()) {
        EXPECT_EQ(check.verdict, Verdict::fail) << check.id << ": " << to_english(check.message);
      } else {
        EXPECT_TRUE(check.verdict == Verdict::fail || check.verdict == Verdict::error) << check.id;
        EXPECT_EQ(check.points, 0) << check.id;
      }
    }
    beyond = beyond || result.id == stage;
  }
  EXPECT_EQ(target.score, points);
}

INSTANTIATE_TEST_SUITE_P(Brokers, AtStage,
                         ::testing::Values(Standing{"open", false}, Standing{"open", true}, Standing{"tls", false},
                                           Standing{"tls", true}, Standing{"password", false},
                                           Standing{"password", true}, Standing{"client-certificate", false},
                                           Standing{"client-certificate", true}),
                         [](const auto& instance) {
                           auto name = instance.param.stage + (instance.param.with_host ? "_with_host" : "");
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

// ---- a broker, or a machine of ours, that is too busy to answer all ------------------------------------

class Busy : public Observing, public ::testing::WithParamInterface<std::string> {
 protected:
  // Of attempts, some share is not answered in time: another one for each `draw`.
  TargetResult observe_slowly(unsigned draw) {
    broker.posture = at_stage(GetParam());
    std::minstd_rand numbers(draw);
    const auto share = 5 + draw % 60;  // percent
    broker.interferes = [this, numbers, share](const Attempt& attempt) mutable -> std::optional<Observation> {
      if (numbers() / 100 % 100 >= share) return std::nullopt;
      const bool is_closed = attempt.client.port == 1883 && GetParam() != "open";
      return Observation{
          .outcome = Outcome::timeout, .by = By::network, .reason = is_closed ? "timed_out" : "no_answer"};
    };
    return observe();
  }
};

TEST_P(Busy, is_never_failed_for_what_holds_nor_passed_for_what_does_not) {
  for (unsigned draw = 1; draw <= 400; ++draw) {
    const auto target = observe_slowly(draw);
    bool beyond = false;
    for (const auto& result : target.stages) {
      for (const auto& check : result.checks) {
        const auto never = beyond ? Verdict::pass : Verdict::fail;
        // A port that takes the connection and says nothing is not closed: that much is seen.
        const bool is_silent_port =
            check.changed == "listener" && check.observed && check.observed->outcome == Outcome::timeout;
        ASSERT_TRUE(check.verdict != never || is_silent_port)
            << "draw " << draw << ", " << check.id << ": " << to_english(check.message);
      }
      beyond = beyond || result.id == GetParam();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Brokers, Busy, ::testing::Values("open", "tls", "password", "client-certificate"),
                         [](const auto& instance) {
                           auto name = instance.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST_F(Observing, tells_which_port_is_missing_and_which_one_answers) {
  broker.posture = at_stage("open");
  const auto target = observe();
  EXPECT_EQ(message_of(target, "tls-accepted"), "nothing listens on port 8883, while the broker answers on port 1883");
  EXPECT_EQ(message_of(target, "valid-mtls-accepted"),
            "nothing listens on port 8883, while the broker answers on port 1883");
}

// ---- ports where nothing listens --------------------------------------------------------------

TEST_F(Observing, a_port_that_refuses_is_asked_once_more_however_many_checks_it_refused) {
  broker.posture = at_stage("open");
  observe();
  const auto to_the_port = [](const Attempt& it) { return it.client.port == 8883; };
  EXPECT_EQ(std::ranges::count_if(broker.attempts, to_the_port), 1 + 4 + 1) << "one comes before all else";
}

TEST_F(Observing, a_refusing_port_alone_says_nothing_of_the_broker) {
  broker.posture = at_stage("open");
  const auto target = observe(only("tls"));
  for (const auto& [id, verdict] : not_passed(target))
    EXPECT_EQ(verdict, id == "cleartext-listener-closed" ? Verdict::fail : Verdict::error) << id;
}

TEST_F(Observing, a_host_that_knows_that_nothing_listens_is_enough) {
  broker.posture = at_stage("open");
  const auto target = observe_with_host(only("tls"));
  EXPECT_EQ(check(target, "tls-accepted").verdict, Verdict::fail);
  EXPECT_EQ(message_of(target, "tls-accepted"),
            "nothing listens on port 8883, the host says so, although a broker runs there: which ports does its "
            "configuration open?");
  EXPECT_EQ(check(target, "cleartext-listener-closed").verdict, Verdict::fail) << "a client was let in there";
}

TEST_F(Observing, a_host_that_cannot_tell_is_not) {
  broker.posture = at_stage("open");
  broker.tells_ports = false;
  EXPECT_EQ(check(observe_with_host(only("tls")), "tls-accepted").verdict, Verdict::error);
}

TEST_F(Observing, a_firewall_is_no_answer_unless_the_host_knows_that_nothing_listens) {
  broker.posture = at_stage("open");
  broker.posture.filtered = true;
  EXPECT_EQ(check(observe(), "tls-accepted").verdict, Verdict::error);
  EXPECT_EQ(check(observe_with_host(), "tls-accepted").verdict, Verdict::fail);
}

TEST_F(Observing, a_broker_that_died_after_its_first_client_was_not_judged) {
  broker.posture = at_stage("open");
  broker.posture.accepts_at_most = 1;
  const auto target = observe();
  EXPECT_EQ(check(target, "tls-accepted").verdict, Verdict::error) << message_of(target, "tls-accepted");
}

TEST_F(Observing, a_port_that_opens_again_was_not_judged) {
  broker.posture = at_stage("tls");
  broker.posture.plain_listener = true;
  int refused = 0;
  broker.interferes = [&](const Attempt& it) -> std::optional<Observation> {
    if (it.client.port == 8883 && ++refused <= 4) return refused_port();
    return std::nullopt;
  };
  EXPECT_EQ(check(observe(), "tls-accepted").verdict, Verdict::error);
}

TEST_F(Observing, a_silent_listener_is_not_a_closed_one) {
  broker.posture = at_stage("open");
  broker.interferes = [](const Attempt& it) -> std::optional<Observation> {
    if (it.client.port != 8883) return std::nullopt;
    return Observation{.outcome = Outcome::timeout, .by = By::network, .reason = "no_answer"};
  };
  for (const auto& target : {observe(), observe_with_host()})
    EXPECT_EQ(check(target, "tls-accepted").verdict, Verdict::error) << message_of(target, "tls-accepted");
}

// A ban by CONNACK between two stages: the client of the later one was let in for the earlier one's check.
TEST_F(Observing, a_client_that_was_let_in_for_another_check_is_not_failed) {
  broker.posture = at_stage("client-certificate");
  bool somebody_was_let_in = false;
  bool is_banned = false;
  broker.interferes = [&](const Attempt& it) -> std::optional<Observation> {
    somebody_was_let_in |= !it.expects_rejection && it.client.identity && it.client.user_name;
    is_banned |= somebody_was_let_in && it.expects_rejection;
    return is_banned && it.client.tls ? std::optional(turned_away()) : std::nullopt;
  };
  const auto target = observe({.wants_check = [](const CheckSpec& it) {
    return it.id == "valid-password-accepted" || it.id == "wrong-password-rejected" || it.id == "valid-mtls-accepted";
  }});
  for (const auto& [id, verdict] : not_passed(target))
    EXPECT_EQ(verdict, Verdict::error) << id << ": " << message_of(target, id);
}

// ---- passes that must not be --------------------------------------------------------------------

TEST_F(Observing, a_cleartext_listener_that_answered_once_is_not_closed) {
  broker.posture = at_stage("tls");
  broker.posture.plain_listener = true;
  int asked = 0;
  broker.interferes = [&](const Attempt& it) -> std::optional<Observation> {
    if (it.client.port == plain_port && !it.expects_rejection) ++asked;
    if (it.client.port == plain_port && (it.expects_rejection || asked > 1)) return refused_port();
    return std::nullopt;
  };
  const auto target = observe();
  EXPECT_EQ(check(target, "open-listener-accepts").verdict, Verdict::pass);
  EXPECT_EQ(check(target, "cleartext-listener-closed").verdict, Verdict::fail);
  EXPECT_EQ(check(target, "cleartext-listener-closed").points, 0);
}

TEST_F(Observing, a_listener_that_was_silent_is_not_superseded_by_one_that_is_closed) {
  broker.posture = at_stage("client-certificate");
  int asked = 0;
  broker.interferes = [&](const Attempt& it) -> std::optional<Observation> {
    if (it.client.port != plain_port || it.expects_rejection || ++asked > 1) return std::nullopt;
    return Observation{.outcome = Outcome::timeout, .by = By::network, .reason = "no_answer"};
  };
  const auto target = observe();
  EXPECT_NE(check(target, "open-listener-accepts").verdict, Verdict::pass);
  EXPECT_NE(check(target, "cleartext-listener-closed").verdict, Verdict::pass);
}

TEST_F(Observing, a_lost_connection_is_no_demand_of_a_later_stage) {
  broker.posture = at_stage("tls");
  bool first = true;
  broker.interferes = [&](const Attempt& it) -> std::optional<Observation> {
    if (it.client.port != 8883 || it.expects_rejection || !std::exchange(first, false)) return std::nullopt;
    return lost();
  };
  const auto target = observe();
  EXPECT_EQ(check(target, "tls-accepted").verdict, Verdict::error) << "let in when it was tried once more";
  EXPECT_EQ(check(target, "tls-accepted").observed->superseded_by, "");
}

TEST_F(Observing, a_refusal_by_chance_is_no_demand_that_its_stage_proves) {
  broker.posture = at_stage("tls");
  bool first = true;
  broker.interferes = [&](const Attempt& it) -> std::optional<Observation> {
    if (it.client.port != 8883 || it.expects_rejection || !std::exchange(first, false)) return std::nullopt;
    return turned_away();
  };
  const auto target = observe();
  EXPECT_EQ(check(target, "tls-accepted").verdict, Verdict::fail);
  EXPECT_EQ(message_of(target, "tls-accepted"),
            "let in only with what stage password demands, and that stage does not hold");
  EXPECT_EQ(check(target, "tls-accepted").points, 0);
}

// ---- checks that act --------------------------------------------------------------------------

class Acting : public Observing {
 protected:
  Acting() {
    broker.posture = at_stage("open");
    plan.stages.erase(plan.stages.begin() + 1, plan.stages.end());
    const auto control = plan.stages[0].checks[0];
    auto denied = negative("denied", control, "topic", control.client, {{Outcome::denied, By::broker, {}}});
    denied.probe.parameters["topic"] = secret;
    denied.acts = true;
    denied.control_reaches = Layer::action;
    plan.stages[0].checks.push_back(denied);
  }
  static bool asks_for_secret(const Attempt& attempt) {
    const auto topic = attempt.parameters.find("topic");
    return topic != attempt.parameters.end() && topic->second == secret;
  }
  // What the control's message meets once the denied one has been tried.
  Verdict verdict_where_the_control_then_meets(std::vector<Observation> mishaps) {
    bool denied = false;
    broker.interferes = [&](const Attempt& attempt) -> std::optional<Observation> {
      if (asks_for_secret(attempt)) {
        denied = true;
        return Observation{.outcome = Outcome::denied, .by = By::broker};
      }
      if (!denied || mishaps.empty() || attempt.kind != "deliver") return std::nullopt;
      const auto mishap = mishaps.front();
      mishaps.erase(mishaps.begin());
      return mishap;
    };
    return check(observe(), "denied").verdict;
  }

  static constexpr const char* secret = "secret";
  const Observation not_delivered{.outcome = Outcome::timeout, .by = By::network, .reason = "not_delivered"};
};

TEST_F(Acting, leans_on_a_control_whose_message_is_delivered_again_if_after_a_pause) {
  EXPECT_EQ(verdict_where_the_control_then_meets({}), Verdict::pass);
  EXPECT_EQ(verdict_where_the_control_then_meets({lost()}), Verdict::pass);
  EXPECT_EQ(verdict_where_the_control_then_meets({not_delivered}), Verdict::pass);
  EXPECT_EQ(verdict_where_the_control_then_meets({not_delivered, lost()}), Verdict::pass);
  EXPECT_EQ(verdict_where_the_control_then_meets({not_delivered, not_delivered, not_delivered}), Verdict::error);
}

// A broker without the list may stand behind the same address.
TEST_F(Acting, is_denied_only_if_each_of_three_tries_is) {
  for (int delivered_at = 1; delivered_at <= 4; ++delivered_at) {
    int tries = 0;
    bool was_another_between = true;
    broker.interferes = [&](const Attempt& attempt) -> std::optional<Observation> {
      if (!asks_for_secret(attempt)) {
        was_another_between = true;
        return std::nullopt;
      }
      EXPECT_TRUE(std::exchange(was_another_between, false)) << "the connections of each try go another way";
      if (++tries == delivered_at) return Observation{.outcome = Outcome::accepted, .by = By::broker};
      return Observation{.outcome = Outcome::denied, .by = By::broker};
    };
    EXPECT_EQ(check(observe(), "denied").verdict, delivered_at <= 3 ? Verdict::fail : Verdict::pass) << delivered_at;
    EXPECT_EQ(tries, std::min(delivered_at, 3));
  }
}

TEST_F(Observing, a_stage_alone_is_asked_with_what_the_broker_says_that_it_demands) {
  broker.posture = at_stage("client-certificate");
  EXPECT_THAT(not_passed(observe(only("password"))), IsEmpty());
}

TEST_F(Observing, a_stage_alone_proves_that_demand_by_asking_again) {
  broker.posture = at_stage("client-certificate");
  int refused = 0;
  broker.interferes = [&](const Attempt& it) -> std::optional<Observation> {
    if (it.client.port == 8883 && !it.client.identity && ++refused > 2)
      return Observation{.outcome = Outcome::accepted, .by = By::broker, .tls = TlsFacts{}};
    return std::nullopt;
  };
  const auto target = observe(only("tls"));
  EXPECT_EQ(refused, 4);
  EXPECT_EQ(check(target, "tls-accepted").verdict, Verdict::error) << "it was let in without, in the end";
}

TEST_F(Observing, a_finished_lab_whose_server_certificate_is_foreign_still_has_tls) {
  broker.posture = at_stage("client-certificate");
  broker.posture.foreign_certificate = true;
  EXPECT_EQ(check(observe(), "tls-accepted").verdict, Verdict::pass);
}

TEST_F(Observing, a_password_that_nobody_looks_at_is_found_though_only_the_right_one_was_asked_for) {
  broker.posture = at_stage("tls");
  const auto target = observe({.wants_check = [](const CheckSpec& it) { return it.id == "valid-password-accepted"; }});
  EXPECT_THAT(not_passed(target), ::testing::ElementsAre(Pair("valid-password-accepted", Verdict::fail)));
  EXPECT_EQ(target.stages.at(0).checks.size(), 1u);
}

TEST_F(Observing, a_wrong_password_that_got_lost_proves_nothing_of_the_right_one) {
  broker.posture = at_stage("tls");
  broker.interferes = [](const Attempt& it) -> std::optional<Observation> {
    if (it.client.password != "wrong") return std::nullopt;
    return lost();
  };
  EXPECT_EQ(check(observe(), "valid-password-accepted").verdict, Verdict::error);
}

// ---- one mistake, which costs its own checks once ----------------------------------------------

struct Mistake {
  std::string name;
  std::function<void(SimulatedBroker&)> make;
  std::map<std::string, Verdict> cost;  // what does not pass
  std::vector<std::string> set_aside;   // for the last stage's first check
};

const std::vector<Mistake> mistakes = {
    {"none", [](SimulatedBroker&) {}, {}, {}},
    {"client_account_gone",
     [](SimulatedBroker& it) { it.passwords.erase("userclient"); },
     {{"valid-password-accepted", Verdict::fail}},
     {"account userclient"}},
    {"reader_account_gone",
     [](SimulatedBroker& it) { it.passwords.erase("userbroker"); },
     {{"valid-password-accepted", Verdict::fail}},
     {"account userbroker"}},
    {"both_passwords_are_others",
     [](SimulatedBroker& it) {
       it.passwords = {{"userclient", "x"}, {"userbroker", "x"}};
     },
     {{"valid-password-accepted", Verdict::fail},
      {"anonymous-rejected", Verdict::error},
      {"wrong-password-rejected", Verdict::error},
      {"unknown-user-rejected", Verdict::error},
      {"valid-mtls-accepted", Verdict::fail},
      {"mtls-wrong-password-rejected", Verdict::error}},
     {}},
    {"server_certificate_misnamed",
     [](SimulatedBroker& it) { it.posture.misnamed = true; },
     {{"server-certificate-trusted", Verdict::fail}},
     {"server-name"}},
    {"client_certificate_of_another_ca",
     [](SimulatedBroker& it) { it.posture.knows_issued_only = true; },
     {{"valid-mtls-accepted", Verdict::fail}},
     {}},
    {"misnamed_and_reader_gone",
     [](SimulatedBroker& it) {
       it.posture.misnamed = true;
       it.passwords.erase("userbroker");
     },
     {{"server-certificate-trusted", Verdict::fail}, {"valid-password-accepted", Verdict::fail}},
     {"server-name", "account userbroker"}},
};

class OneMistake : public Observing, public ::testing::WithParamInterface<Mistake> {};

TEST_P(OneMistake, costs_the_checks_that_answer_for_it) {
  broker.posture = at_stage("client-certificate");
  GetParam().make(broker);
  const auto target = observe();
  EXPECT_EQ(not_passed(target), GetParam().cost);
  EXPECT_EQ(check(target, "valid-mtls-accepted").observed->set_aside, GetParam().set_aside);
}

TEST_P(OneMistake, costs_what_it_stops_where_nothing_is_carried_forward) {
  broker.posture = at_stage("client-certificate");
  GetParam().make(broker);
  plan.grading.carried_forward = false;
  const auto target = observe();
  EXPECT_GE(not_passed(target).size(), GetParam().cost.size());
  for (const auto& [id, verdict] : GetParam().cost) EXPECT_EQ(check(target, id).verdict, verdict) << id;
  for (const auto& stage : target.stages)
    for (const auto& result : stage.checks)
      EXPECT_THAT(result.observed.value_or(Observation{}).set_aside, IsEmpty()) << result.id;
}

INSTANTIATE_TEST_SUITE_P(Observed, OneMistake, ::testing::ValuesIn(mistakes),
                         [](const auto& each) { return each.param.name; });

// ---- a mistake does not hide a weakness --------------------------------------------------------

class Hiding : public Observing {
 protected:
  Hiding() { broker.posture = at_stage("client-certificate"); }
  void lose_all_accounts() { broker.passwords = {{"userclient", "x"}, {"userbroker", "x"}}; }
};

TEST_F(Hiding, a_certificate_that_one_version_does_not_ask_for_is_found_though_nobody_can_log_in) {
  lose_all_accounts();
  broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
    const bool gets_through =
        attempt.client.tls && !attempt.client.identity && attempt.client.mqtt == MqttVersion::v5_0;
    return gets_through ? std::optional(turned_away()) : std::nullopt;
  };
  EXPECT_EQ(check(observe(), "missing-client-certificate-rejected").verdict, Verdict::fail);
}

TEST_F(Hiding, a_port_in_clear_that_refuses_in_mqtt_when_it_is_tried_again_is_not_closed) {
  broker.passwords.erase("userclient");
  int in_clear = 0;
  broker.interferes = [&](const Attempt& attempt) -> std::optional<Observation> {
    return !attempt.client.tls && ++in_clear > 4 ? std::optional(turned_away()) : std::nullopt;
  };
  EXPECT_EQ(check(observe(), "cleartext-listener-closed").verdict, Verdict::fail);
}

TEST_F(Hiding, who_lets_in_anybody_until_the_first_login_is_found_though_the_server_is_misnamed) {
  broker.posture.misnamed = true;
  bool somebody_has_logged_in = false;
  broker.interferes = [&](const Attempt& attempt) -> std::optional<Observation> {
    const bool verifies = attempt.client.trust && !attempt.client.any_server_name;
    if (!attempt.client.tls || verifies) return std::nullopt;
    if (attempt.client.user_name && attempt.client.password == "password of " + *attempt.client.user_name)
      somebody_has_logged_in = true;
    return somebody_has_logged_in ? std::nullopt
                                  : std::optional(Observation{.outcome = Outcome::accepted, .by = By::broker});
  };
  const auto verdicts = not_passed(observe());
  EXPECT_TRUE(verdicts.contains("anonymous-rejected") || verdicts.contains("missing-client-certificate-rejected"));
}

TEST_F(Hiding, nobody_without_an_account_is_let_in_for_another_check) {
  broker.posture = at_stage("password");
  broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
    const bool is_for_tls = attempt.client.tls && !attempt.client.user_name && attempt.kind == "deliver";
    return is_for_tls ? std::optional(Observation{.outcome = Outcome::accepted, .by = By::broker}) : std::nullopt;
  };
  EXPECT_EQ(check(observe(), "anonymous-rejected").verdict, Verdict::fail);
}

// Such a broker lets in who brings either: that a certificate alone is enough does not make nobody enough.
TEST_F(Hiding,
       a_client_that_brings_a_certificate_in_place_of_an_account_refutes_no_refusal_of_one_that_brings_neither) {
  broker.posture = at_stage("password");
  auto& password = plan.stages[2];
  plan.stages.erase(plan.stages.begin() + 3);
  auto by_certificate = positive("certificate-alone-accepted", password.checks[0].client, ProbeSpec{});
  by_certificate.client.account.reset();
  by_certificate.client.certificate = "userclient";
  password.checks.push_back(by_certificate);
  broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
    if (!attempt.client.tls || !attempt.client.identity) return std::nullopt;
    return Observation{.outcome = Outcome::accepted,
                       .by = By::broker,
                       .tls = TlsFacts{.certificate_requested = true, .certificate_sent = true}};
  };
  const auto target = observe();
  EXPECT_EQ(check(target, "certificate-alone-accepted").verdict, Verdict::pass);
  EXPECT_EQ(check(target, "anonymous-rejected").verdict, Verdict::pass) << message_of(target, "anonymous-rejected");
}

TEST_F(Hiding, nothing_is_set_aside_that_no_check_of_this_run_answers_for) {
  broker.passwords.erase("userclient");
  EXPECT_EQ(check(observe(only("client-certificate")), "valid-mtls-accepted").verdict, Verdict::fail);
  auto options = Options{.wants_check = [](const CheckSpec& it) { return it.id == "valid-mtls-accepted"; }};
  EXPECT_EQ(check(observe(options), "valid-mtls-accepted").verdict, Verdict::fail);
}

// ---- what was proven is not lost ----------------------------------------------------------------

TEST_F(Hiding, a_login_that_ends_the_connection_costs_tls_nothing) {
  broker.posture = at_stage("password");
  broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
    return attempt.client.tls && attempt.client.user_name ? std::optional(lost()) : std::nullopt;
  };
  const auto target = observe();
  for (const auto* id : {"tls-accepted", "server-certificate-trusted", "cleartext-listener-closed"})
    EXPECT_EQ(check(target, id).verdict, Verdict::pass) << id << ": " << message_of(target, id);
}

// It refuses everybody now and then: what is set aside was no mistake.
TEST_F(Observing, nothing_passes_with_something_set_aside_that_is_right) {
  broker.posture = at_stage("client-certificate");
  broker.interferes = [](const Attempt& attempt) -> std::optional<Observation> {
    const bool is_mutual = attempt.client.identity && attempt.kind == "deliver";
    return is_mutual && attempt.client.user_name == "userclient" && attempt.client.trust &&
                   attempt.others.contains("reader") &&
                   attempt.others.at("reader").identity->certificate.text == "server"
               ? std::optional(turned_away())
               : std::nullopt;
  };
  const auto target = observe();
  EXPECT_EQ(check(target, "valid-password-accepted").verdict, Verdict::pass)
      << message_of(target, "valid-password-accepted");
  EXPECT_NE(check(target, "valid-mtls-accepted").verdict, Verdict::pass);
}

// ---- what was not given -------------------------------------------------------------------------

TEST_F(Observing, what_a_later_stage_demands_and_nobody_has_given_is_skipped) {
  broker.posture = at_stage("client-certificate");
  materials.missing = {"userclient"};
  const auto target = observe();
  for (const auto* id : {"server-certificate-trusted", "untrusted-server-ca-detected"})
    EXPECT_EQ(check(target, id).verdict, Verdict::pass) << id << ": its own layer needs no certificate";
  for (const auto* id : {"tls-accepted", "valid-password-accepted", "anonymous-rejected", "valid-mtls-accepted"}) {
    EXPECT_EQ(check(target, id).verdict, Verdict::skip) << id << ": " << message_of(target, id);
    EXPECT_EQ(message_of(target, id), "userclient was not given");
  }
}

TEST_F(Observing, a_wrong_password_is_a_failure_though_no_certificate_was_given) {
  broker.posture = at_stage("password");
  broker.passwords = {{"userclient", "another"}, {"userbroker", "another"}};
  const auto target = observe();
  EXPECT_EQ(check(target, "valid-password-accepted").verdict, Verdict::fail);
  EXPECT_EQ(check(target, "tls-accepted").verdict, Verdict::pass) << "its own layer holds";
}

}  // namespace
}  // namespace mqtts::engine
