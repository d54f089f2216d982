#include "harness/engine/judge.h"

#include <gtest/gtest.h>

#include "tests/engine/lab_plan.h"

namespace mqtts::engine {
namespace {

const Observation let_in_by_broker{.outcome = Outcome::accepted, .by = By::broker, .code = 0};

Observation seen(Outcome outcome, By by, std::string reason = "") {
  return {.outcome = outcome, .by = by, .reason = std::move(reason)};
}

struct Row {
  const char* what;
  Seen seen;
  Verdict wanted;
};

// A check that expects a TLS alert, by what was seen in its place.
TEST(JudgeNegative, tells_the_layer_that_refused) {
  const auto control = positive("control", {}, ConnectAction{});
  const auto check =
      negative("check", control, "certificate", {}, {refused_by(By::tls_peer, {"certificate_required"})});
  const Row rows[] = {
      {"the alert", seen(Outcome::refused, By::tls_peer, "certificate_required"), Verdict::pass},
      {"let in", let_in_by_broker, Verdict::fail},
      {"let in, but could not publish", seen(Outcome::denied, By::broker), Verdict::fail},
      {"past TLS, refused at MQTT", seen(Outcome::refused, By::mqtt, "not_authorized"), Verdict::fail},
      {"another alert", seen(Outcome::refused, By::tls_peer, "internal_error"), Verdict::error},
      {"our own refusal", seen(Outcome::refused, By::tls_self, "certificate_required"), Verdict::error},
      {"closed without a code", seen(Outcome::closed, By::broker), Verdict::error},
      {"nothing listens", seen(Outcome::refused, By::network, "connection_refused"), Verdict::error},
      {"no answer", seen(Outcome::timeout, By::network, "no_answer"), Verdict::error},
      {"not the protocol", seen(Outcome::garbled, By::broker), Verdict::error},
      {"our own mistake", failure(ErrorKind::local, msg("bad key")), Verdict::error},
      {"witnesses disagree", failure(ErrorKind::disagreement, msg("disagree")), Verdict::error},
      {"not given", failure(ErrorKind::missing_material, msg("no certificate")), Verdict::skip},
  };
  for (const auto& row : rows) {
    const NegativeEvidence evidence{row.seen, let_in_by_broker, let_in_by_broker};
    EXPECT_EQ(judge_negative(check, evidence).verdict, row.wanted) << row.what;
  }
}

TEST(JudgeNegative, a_refusal_at_mqtt_needs_its_own_code_and_layer) {
  const auto control = positive("control", {}, ConnectAction{});
  const auto check = negative("check", control, "password", {}, {refused_by(By::mqtt, {"not_authorized"})});
  const Row rows[] = {
      {"the code", seen(Outcome::refused, By::mqtt, "not_authorized"), Verdict::pass},
      {"let in", let_in_by_broker, Verdict::fail},
      {"busy", seen(Outcome::refused, By::mqtt, "server_unavailable"), Verdict::error},
      {"an alert", seen(Outcome::refused, By::tls_peer, "handshake_failure"), Verdict::error},
      {"closed", seen(Outcome::closed, By::broker), Verdict::error},
  };
  for (const auto& row : rows) {
    const NegativeEvidence evidence{row.seen, let_in_by_broker, let_in_by_broker};
    EXPECT_EQ(judge_negative(check, evidence).verdict, row.wanted) << row.what;
  }
}

TEST(JudgeNegative, a_closed_port_is_one_that_nothing_answers_on) {
  const auto control = positive("control", {}, ConnectAction{});
  const auto check =
      negative("check", control, "listener", {}, {refused_by(By::network), {Outcome::timeout, By::network, {}}});
  const Row rows[] = {
      {"refused", seen(Outcome::refused, By::network, "connection_refused"), Verdict::pass},
      {"filtered", seen(Outcome::timeout, By::network, "timed_out"), Verdict::pass},
      {"a listener that says nothing", seen(Outcome::timeout, By::network, "no_answer"), Verdict::fail},
      {"a TLS listener", seen(Outcome::closed, By::broker), Verdict::fail},
      {"another protocol", seen(Outcome::garbled, By::broker), Verdict::fail},
      {"open but with passwords", seen(Outcome::refused, By::mqtt, "not_authorized"), Verdict::fail},
      {"open", let_in_by_broker, Verdict::fail},
  };
  for (const auto& row : rows) {
    const NegativeEvidence evidence{row.seen, let_in_by_broker, let_in_by_broker};
    EXPECT_EQ(judge_negative(check, evidence).verdict, row.wanted) << row.what;
  }
}

TEST(JudgeNegative, leans_on_its_control_before_and_after) {
  const auto control = positive("control", {}, ConnectAction{});
  const auto check = negative("check", control, "password", {}, {refused_by(By::mqtt)});
  const Seen refused = seen(Outcome::refused, By::mqtt, "not_authorized");
  const Seen dead = seen(Outcome::refused, By::network, "connection_refused");
  EXPECT_EQ(judge_negative(check, {std::nullopt, dead, std::nullopt}).verdict, Verdict::error);
  EXPECT_EQ(judge_negative(check, {refused, dead, let_in_by_broker}).verdict, Verdict::error);
  EXPECT_EQ(judge_negative(check, {refused, let_in_by_broker, dead}).verdict, Verdict::error);
  EXPECT_EQ(judge_negative(check, {refused, let_in_by_broker, std::nullopt}).verdict, Verdict::error);
  EXPECT_EQ(judge_negative(check, {let_in_by_broker, let_in_by_broker, dead}).verdict, Verdict::fail)
      << "let in is let in, whatever came after";
}

TEST(JudgePositive, fails_when_the_other_side_answered_otherwise) {
  const auto check = positive("check", {}, ConnectAction{});
  const Row rows[] = {
      {"let in", let_in_by_broker, Verdict::pass},
      {"refused at MQTT", seen(Outcome::refused, By::mqtt, "not_authorized"), Verdict::fail},
      {"an alert", seen(Outcome::refused, By::tls_peer, "certificate_required"), Verdict::fail},
      {"its certificate is not to be trusted", seen(Outcome::refused, By::tls_self), Verdict::fail},
      {"closed", seen(Outcome::closed, By::broker), Verdict::fail},
      {"garbled", seen(Outcome::garbled, By::broker), Verdict::fail},
      {"nothing listens", seen(Outcome::refused, By::network, "connection_refused"), Verdict::error},
      {"no answer", seen(Outcome::timeout, By::network, "no_answer"), Verdict::error},
      {"our own mistake", failure(ErrorKind::local, msg("bad key")), Verdict::error},
      {"not given", failure(ErrorKind::missing_material, msg("no certificate")), Verdict::skip},
  };
  for (const auto& row : rows) EXPECT_EQ(judge_positive(check, {.opening = row.seen}).verdict, row.wanted) << row.what;
}

TEST(JudgePositive, a_silent_broker_fails_only_when_its_host_says_that_it_is_down) {
  const auto check = positive("check", {}, ConnectAction{});
  const Seen nothing = seen(Outcome::refused, By::network, "connection_refused");
  EXPECT_EQ(judge_positive(check, {.opening = nothing, .host = HostSays::broker_is_down}).verdict, Verdict::fail);
  const auto down =
      judge_positive(check, {.opening = nothing, .host = HostSays::broker_is_down, .last_error = "Error: no key"});
  EXPECT_EQ(down.verdict, Verdict::fail);
  EXPECT_EQ(to_english(down.message),
            "nothing answers, and the host says that the broker is not running: Error: no key");
  EXPECT_EQ(judge_positive(check, {.opening = nothing, .host = HostSays::broker_runs}).verdict, Verdict::error);
  EXPECT_EQ(judge_positive(check, {.opening = nothing, .host = HostSays::nothing_listens, .port = "1"}).verdict,
            Verdict::fail);
  const Seen silence = seen(Outcome::timeout, By::network, "no_answer");
  EXPECT_EQ(judge_positive(check, {.opening = silence, .host = HostSays::nothing_listens, .port = "1"}).verdict,
            Verdict::error)
      << "somebody took the connection";
}

TEST(JudgePositive, fails_when_it_is_not_let_in_again_at_the_end) {
  const auto check = positive("check", {}, ConnectAction{});
  const Seen closed = seen(Outcome::closed, By::broker);
  EXPECT_EQ(judge_positive(check, {.opening = let_in_by_broker, .closing = closed}).verdict, Verdict::fail);
  EXPECT_EQ(judge_positive(check, {.opening = let_in_by_broker, .closing = let_in_by_broker}).verdict, Verdict::pass);
}

TEST(JudgePositive, a_certificate_that_was_never_asked_for_proves_nothing) {
  const auto check = positive("check", {.listener = "tls", .certificate = "userclient"}, ConnectAction{});
  auto unasked = let_in_by_broker;
  unasked.tls = TlsFacts{};
  auto asked = unasked;
  asked.tls->certificate_requested = true;
  EXPECT_EQ(judge_positive(check, {.opening = unasked}).verdict, Verdict::fail);
  EXPECT_EQ(judge_positive(check, {.opening = asked}).verdict, Verdict::pass);
}

TEST(JudgePositive, being_let_in_proves_nothing_if_its_witness_was_let_in_too) {
  const auto check = positive("check", {}, ConnectAction{}, {"wrong"});
  const Seen refused = seen(Outcome::refused, By::mqtt, "not_authorized");
  const Seen unknown = failure(ErrorKind::disagreement, msg("disagree"));
  const auto wrong = negative("wrong", check, "password", {}, {refused_by(By::mqtt)});
  const auto judged = [&](const Seen& witness) {
    return judge_positive(check, {.opening = let_in_by_broker, .witnesses = {{&wrong, witness}}}).verdict;
  };
  EXPECT_EQ(judged(refused), Verdict::pass);
  EXPECT_EQ(judged(seen(Outcome::refused, By::tls_peer, "unknown_ca")), Verdict::pass)
      << "the broker said no all the same";
  EXPECT_EQ(judged(seen(Outcome::closed, By::broker)), Verdict::error) << "it may have got lost";
  EXPECT_EQ(judged(seen(Outcome::timeout, By::network, "no_answer")), Verdict::error);
  EXPECT_EQ(judged(seen(Outcome::refused, By::tls_self, "certificate_has_expired")), Verdict::error);
  EXPECT_EQ(judged(let_in_by_broker), Verdict::fail);
  EXPECT_EQ(judged(unknown), Verdict::error);
}

TEST(JudgeNegative, a_certificate_that_has_signed_itself_is_the_brokers_own_fault) {
  const auto control = positive("trusted", {}, ConnectAction{}, {});
  const auto check = negative("untrusted", control, "trust", {}, {refused_by(By::tls_self)});
  auto expects_a_chain = check;
  expects_a_chain.expected[0].reasons = {"self_signed_certificate_in_chain"};
  const auto judged = [&](const CheckSpec& of, const std::string& reason) {
    return judge_negative(of, {.seen = seen(Outcome::refused, By::tls_self, reason),
                               .opening_control = let_in_by_broker,
                               .closing_control = let_in_by_broker})
        .verdict;
  };
  EXPECT_EQ(judged(expects_a_chain, "self_signed_certificate"), Verdict::fail);
  EXPECT_EQ(judged(expects_a_chain, "self_signed_certificate_in_chain"), Verdict::pass);
  EXPECT_EQ(judged(expects_a_chain, "certificate_has_expired"), Verdict::error);
  EXPECT_EQ(judged(check, "self_signed_certificate"), Verdict::pass) << "a plan may take it for an answer";
}

}  // namespace
}  // namespace mqtts::engine
