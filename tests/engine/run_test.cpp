#include "harness/engine/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engine/judge.h"
#include "tests/engine/lab.h"

namespace mqtts::engine {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// ---- applying ---------------------------------------------------------------------------------

TEST_F(Lab, on_a_host_that_another_run_holds_is_not_judged_and_changes_nothing) {
  broker.is_free = false;
  EXPECT_THROW(apply(), std::runtime_error);
  EXPECT_EQ(broker.applied, 0);
  EXPECT_THAT(broker.attempts, IsEmpty());
}

TEST_F(Lab, passes_whole_when_each_stage_holds) {
  const auto target = apply();
  EXPECT_THAT(not_passed(target), IsEmpty());
  EXPECT_EQ(target.score, 13);
  EXPECT_EQ(target.max_score, 13);
  EXPECT_EQ(target.restored, true);
  EXPECT_EQ(progress.checks.size(), 13u);
}

TEST_F(Lab, a_stage_that_does_not_come_up_is_an_error_and_the_rest_is_skipped) {
  broker.fails_to_start_in = "password";
  const auto target = apply();
  ASSERT_EQ(target.stages.size(), 4u);
  EXPECT_EQ(target.stages[1].verdict, Verdict::pass);
  EXPECT_EQ(target.stages[2].verdict, Verdict::error);
  EXPECT_EQ(target.stages[2].detail, "Error: bad line");
  EXPECT_EQ(target.stages[3].verdict, Verdict::skip);
  EXPECT_EQ(broker.restored, 1);
  EXPECT_EQ(target.restored, true);
}

TEST_F(Lab, a_broker_that_cannot_be_put_back_is_told_with_the_commands) {
  broker.restores = false;
  const auto target = apply();
  EXPECT_EQ(target.restored, false);
  EXPECT_THAT(target.by_hand, ElementsAre("mv a b", "mv c d"));
  EXPECT_EQ(exit_code({.targets = {target}}), 4);
}

TEST_F(Lab, keeps_the_last_stage_when_asked) {
  const auto target = apply({.afterwards = Afterwards::keep});
  EXPECT_EQ(broker.restored, 0);
  EXPECT_EQ(broker.kept, 1);
  EXPECT_EQ(target.restored, std::nullopt);
}

TEST_F(Lab, a_signal_stops_it_and_the_broker_is_put_back_all_the_same) {
  stop = 2;
  const auto target = apply();
  EXPECT_EQ(broker.restored, 1);
  for (const auto& stage : target.stages) EXPECT_EQ(stage.verdict, Verdict::skip);
}

// A signal after each connection of a run in turn.
class StoppedLab : public Lab, public ::testing::WithParamInterface<Mode> {
 protected:
  TargetResult run_stopped_after(std::size_t connections) {
    stop = 0;
    broker.attempts.clear();
    broker.posture = at_stage("client-certificate");
    broker.interferes = [this, connections](const Attempt&) {
      if (broker.attempts.size() == connections) stop = 2;
      return std::nullopt;
    };
    return GetParam() == Mode::apply ? apply() : observe();
  }
  std::size_t connections_of_a_whole_run() {
    run_stopped_after(0);
    return broker.attempts.size();
  }
};

TEST_P(StoppedLab, says_of_each_check_what_was_seen_or_that_it_was_not_tried) {
  const auto all = connections_of_a_whole_run();
  std::size_t passed_before = 0;
  for (std::size_t connections = 1; connections < all; ++connections) {
    const auto target = run_stopped_after(connections);
    EXPECT_EQ(broker.attempts.size(), connections);
    std::size_t passed = 0;
    for (const auto& stage : target.stages) {
      for (const auto& check : stage.checks) {
        const auto where = std::to_string(connections) + " " + check.id + ": " + to_english(check.message);
        const bool is_not_tried = check.message == not_tried().message;
        EXPECT_EQ(check.observed.has_value(), !is_not_tried) << where;
        EXPECT_EQ(check.verdict == Verdict::skip, is_not_tried) << where;
        EXPECT_TRUE(check.verdict != Verdict::fail) << where << ": this broker is right";
        for (const auto* untrue : {"ban", "limit", "was not", "must be"})
          EXPECT_THAT(to_english(check.message), Not(HasSubstr(untrue))) << where;
        passed += check.verdict == Verdict::pass ? 1 : 0;
      }
    }
    EXPECT_GE(passed, passed_before) << connections;
    passed_before = passed;
  }
  EXPECT_THAT(not_passed(run_stopped_after(all + 1)), IsEmpty());
}

TEST_P(StoppedLab, passes_no_refusal_that_was_not_repeated) {
  const auto all = connections_of_a_whole_run();
  const auto whole = run_stopped_after(all + 1);
  for (std::size_t connections = 1; connections < all; ++connections) {
    const auto stopped = run_stopped_after(connections);
    for (const auto& stage : stopped.stages) {
      for (const auto& each : stage.checks) {
        if (each.verdict != Verdict::pass) continue;
        EXPECT_EQ(each.observed->evidence, check(whole, each.id).observed->evidence) << connections << ' ' << each.id;
      }
    }
  }
}

// A broker that does not look lets the right client in, too.
TEST_P(StoppedLab, passes_nobody_who_was_let_in_beside_a_proof_that_was_not_finished) {
  const auto all = connections_of_a_whole_run();
  for (std::size_t connections = 1; connections < all; ++connections) {
    const auto stopped = run_stopped_after(connections);
    for (const auto& stage : plan.stages)
      for (const auto& spec : stage.checks)
        for (const auto& proof : spec.proven_by) {
          if (check(stopped, spec.id).verdict != Verdict::pass) continue;
          EXPECT_EQ(check(stopped, proof).verdict, Verdict::pass)
              << connections << ' ' << spec.id << ": " << to_english(check(stopped, proof).message);
        }
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, StoppedLab, ::testing::Values(Mode::apply, Mode::observe));

TEST_F(Lab, a_failure_that_was_seen_before_a_signal_stands) {
  broker.posture = at_stage("tls");
  broker.interferes = [this](const Attempt& attempt) {
    if (attempt.client.password == "wrong") stop = 2;
    return std::nullopt;
  };
  const auto target = observe({.wants_stage = [](const StageSpec& stage) { return stage.id == "password"; }});
  EXPECT_EQ(check(target, "wrong-password-rejected").verdict, Verdict::fail);
}

TEST_F(Lab, a_stage_that_a_signal_keeps_from_being_applied_is_not_tried) {
  broker.interferes = [this](const Attempt&) {
    broker.stopped_by = &stop;
    return std::nullopt;
  };
  const auto target = apply();
  EXPECT_EQ(target.stages[0].verdict, Verdict::pass);
  for (std::size_t i = 1; i < target.stages.size(); ++i) {
    EXPECT_EQ(target.stages[i].message, not_tried().message);
    for (const auto& check : target.stages[i].checks) EXPECT_EQ(check.message, not_tried().message);
  }
}

TEST_F(Lab, runs_the_control_of_a_wanted_check_even_if_it_is_not_wanted_itself) {
  const auto target = apply({.wants_check = [](const CheckSpec& it) { return it.id == "wrong-password-rejected"; }});
  ASSERT_EQ(target.stages.size(), 1u);
  EXPECT_THAT(not_passed(target), IsEmpty());
  EXPECT_EQ(broker.attempts.size(), 6u) << "control, check, control, the check by Paho and in MQTT 5, control";
}

TEST_F(Lab, a_stage_taken_alone_still_gets_the_files_of_those_before_it) {
  StageSetups setups(plan, {"log_type all"}, materials, &broker_files);
  const auto setup = setups.make(plan.stages[2]);
  ASSERT_TRUE(setup);
  EXPECT_EQ(setup->files.size(), 2u);
  EXPECT_EQ(setup->configuration, "log_type all\nlistener 8883\nallow_anonymous false\n");
  EXPECT_THAT(setup->listening, ElementsAre(8883));
}

TEST_F(Lab, stops_at_the_first_failure_when_asked) {
  broker.passwords.clear();
  plan.stages[1].checks[0].expected = {refused_by(By::mqtt)};
  const auto target = apply({.on_failure = OnFailure::stop});
  EXPECT_EQ(target.stages[1].verdict, Verdict::fail);
  EXPECT_EQ(target.stages[2].verdict, Verdict::skip);
}

TEST_F(Lab, passwords_are_taken_out_of_the_brokers_log) {
  broker.log = "login with password of userclient\n";
  const auto target = apply();
  for (const auto& evidence : check(target, "valid-password-accepted").observed->evidence)
    EXPECT_THAT(evidence.text, Not(HasSubstr("password of userclient")));
}

// ---- observing --------------------------------------------------------------------------------

TEST_F(Lab, a_finished_lab_gets_every_point_when_it_is_observed) {
  broker.posture = at_stage("client-certificate");
  const auto target = observe();
  EXPECT_THAT(not_passed(target), IsEmpty());
  EXPECT_EQ(target.score, target.max_score);
  EXPECT_EQ(target.restored, std::nullopt);
  EXPECT_EQ(check(target, "open-listener-accepts").observed->superseded_by, "tls");
  EXPECT_EQ(check(target, "tls-accepted").observed->superseded_by, "client-certificate");
}

TEST_F(Lab, a_broker_at_the_password_stage_gets_the_points_up_to_there) {
  broker.posture = at_stage("password");
  EXPECT_THAT(not_passed(observe()), UnorderedElementsAre(Pair("valid-mtls-accepted", Verdict::fail),
                                                          Pair("missing-client-certificate-rejected", Verdict::fail),
                                                          Pair("untrusted-ca-rejected", Verdict::fail),
                                                          Pair("mtls-wrong-password-rejected", Verdict::error)));
}

TEST_F(Lab, a_broker_at_the_tls_stage_gets_no_point_for_passwords_that_nobody_looks_at) {
  broker.posture = at_stage("tls");
  const auto target = observe();
  EXPECT_EQ(target.stages[0].verdict, Verdict::pass);
  EXPECT_EQ(target.stages[1].verdict, Verdict::pass);
  for (const auto& result : target.stages[2].checks) EXPECT_EQ(result.verdict, Verdict::fail) << result.id;
  for (const auto& result : target.stages[3].checks) EXPECT_EQ(result.verdict, Verdict::fail) << result.id;
}

struct Weakness {
  const char* name;
  void (*weaken)(Posture&);
  std::vector<std::string> failing;
};

class Weak : public Lab, public ::testing::WithParamInterface<Weakness> {};

TEST_P(Weak, fails_just_what_the_weakness_opens) {
  broker.posture = at_stage("client-certificate");
  GetParam().weaken(broker.posture);
  std::map<std::string, Verdict> wanted;
  for (const auto& id : GetParam().failing) wanted[id] = Verdict::fail;
  EXPECT_EQ(not_passed(observe()), wanted);
}

INSTANTIATE_TEST_SUITE_P(
    Brokers, Weak,
    ::testing::Values(
        Weakness{"certificate_not_required",
                 [](Posture& it) { it.certificate_required = false; },
                 {"valid-mtls-accepted", "missing-client-certificate-rejected"}},
        Weakness{"strangers_trusted", [](Posture& it) { it.trusts_strangers = true; }, {"untrusted-ca-rejected"}},
        Weakness{"identity_mapping",
                 [](Posture& it) { it.passwords_skipped_with_certificate = true; },
                 {"valid-password-accepted", "anonymous-rejected", "wrong-password-rejected", "unknown-user-rejected",
                  "mtls-wrong-password-rejected"}},
        Weakness{"anonymous", [](Posture& it) { it.anonymous = true; }, {"anonymous-rejected"}},
        Weakness{"second_listener", [](Posture& it) { it.plain_listener = true; }, {"cleartext-listener-closed"}}),
    [](const auto& instance) { return instance.param.name; });

TEST_F(Lab, nothing_passes_on_a_dead_broker) {
  broker.posture.runs = false;
  EXPECT_THAT(not_passed(observe()), AllOf(::testing::SizeIs(13), Each(Pair(::testing::_, Verdict::error))));
}

TEST_F(Lab, a_dead_broker_fails_what_should_be_let_in_when_its_host_says_so) {
  broker.posture.runs = false;
  const auto verdicts = not_passed(run({.mode = Mode::observe}, &broker));
  EXPECT_EQ(verdicts.size(), 13u);
  EXPECT_THAT(verdicts, Contains(Pair("tls-accepted", Verdict::fail)));
  EXPECT_THAT(verdicts, Contains(Pair("anonymous-rejected", Verdict::error)));
}

TEST_F(Lab, nothing_passes_on_a_silent_broker) {
  broker.posture = at_stage("client-certificate");
  broker.posture.answers = false;
  EXPECT_THAT(not_passed(observe()), ::testing::SizeIs(13));
}

TEST_F(Lab, refusals_are_errors_when_the_broker_dies_among_them) {
  broker.posture = at_stage("password");
  broker.posture.accepts_at_most = 1;
  const auto target = observe({.wants_stage = [](const StageSpec& it) { return it.id == "password"; }});
  EXPECT_THAT(not_passed(target), UnorderedElementsAre(Pair("valid-password-accepted", Verdict::error),
                                                       Pair("anonymous-rejected", Verdict::error),
                                                       Pair("wrong-password-rejected", Verdict::error),
                                                       Pair("unknown-user-rejected", Verdict::error)));
}

TEST_F(Lab, a_foreign_server_certificate_fails_what_verifies_it) {
  broker.posture = at_stage("tls");
  broker.posture.foreign_certificate = true;
  const auto target = observe({.wants_stage = [](const StageSpec& it) { return it.id == "tls"; }});
  EXPECT_THAT(not_passed(target), UnorderedElementsAre(Pair("server-certificate-trusted", Verdict::fail),
                                                       Pair("untrusted-server-ca-detected", Verdict::error)));
}

TEST_F(Lab, what_was_not_given_is_skipped_with_its_name) {
  broker.posture = at_stage("client-certificate");
  materials.missing = {"userclient"};
  const auto target = observe({.wants_stage = [](const StageSpec& it) { return it.id == "client-certificate"; }});
  EXPECT_THAT(not_passed(target), AllOf(::testing::SizeIs(4), Each(Pair(::testing::_, Verdict::skip))));
  EXPECT_EQ(to_english(check(target, "untrusted-ca-rejected").message), "userclient was not given");
}

TEST_F(Lab, a_reader_without_its_own_certificate_presents_the_clients) {
  broker.posture = at_stage("client-certificate");
  materials.missing = {"server"};
  EXPECT_THAT(not_passed(observe()), IsEmpty());
}

TEST_F(Lab, observing_changes_nothing_on_the_host) {
  broker.posture = at_stage("client-certificate");
  run({.mode = Mode::observe}, &broker);
  EXPECT_EQ(broker.applied, 0);
  EXPECT_EQ(broker.restored, 0);
}

}  // namespace
}  // namespace mqtts::engine
