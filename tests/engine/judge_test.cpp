#include "harness/engine/judge.h"

#include <gtest/gtest.h>

#include "tests/engine/lab_plan.h"

namespace mqtts::engine {
namespace {

const Observation let_in_by_broker{.outcome = Outcome::accepted, .by = By::broker, .code = 0};

Observation seen(Outcome outcome, By by, std::string reason = "") {
  return {.outcome = outcome, .by = by, .reason = std::move(reason)};
}

// A refusal of TLS that the broker has come to after it had asked for a certificate, and got one.
Observation alert(std::string reason) {
  auto it = seen(Outcome::refused, By::tls_peer, std::move(reason));
  it.tls = TlsFacts{.certificate_requested = true, .certificate_sent = true};
  return it;
}

struct Row {
  const char* what;
  Seen seen;
  Verdict wanted;
};

// A check that expects a TLS alert, by what was seen in its place.
TEST(JudgeNegative, tells_the_layer_that_refused) {
  const auto control = positive("control", {}, ProbeSpec{});
  const auto check =
      negative("check", control, "certificate", {}, {refused_by(By::tls_peer, {"certificate_required"})});
  const Row rows[] = {
      {"the alert", alert("certificate_required"), Verdict::pass},
      {"the alert, before a certificate was asked for", seen(Outcome::refused, By::tls_peer, "certificate_required"),
       Verdict::error},
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
  const auto control = positive("control", {}, ProbeSpec{});
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

TEST(JudgeNegative, a_certificate_that_was_not_presented_was_not_refused) {
  const auto control = positive("control", {.listener = "tls", .certificate = "userclient"}, ProbeSpec{});
  auto check = negative("check", control, "certificate", {.listener = "tls", .certificate = "stranger"},
                        {refused_by(By::tls_peer, {"unknown_ca"})});
  auto opened = let_in_by_broker;
  opened.tls = TlsFacts{.certificate_requested = true};
  auto refused = alert("unknown_ca");
  EXPECT_EQ(judge_negative(check, {refused, opened, opened}).verdict, Verdict::pass);
  refused.tls->certificate_sent = false;
  EXPECT_EQ(judge_negative(check, {refused, opened, opened}).verdict, Verdict::error);
}

TEST(JudgeNegative, another_ca_is_not_refused_where_the_control_was_let_in_with_one) {
  const auto control = positive("control", {.listener = "tls", .certificate = "userclient"}, ProbeSpec{});
  const auto check = negative("check", control, "certificate", {.listener = "tls", .certificate = "stranger"},
                              {refused_by(By::tls_peer, {"unknown_ca"})});
  auto opened = let_in_by_broker;
  opened.tls = TlsFacts{.certificate_requested = true, .certificate_sent = true};
  opened.facts["client.foreign_certificate"] = true;
  NegativeEvidence evidence{alert("unknown_ca"), opened, opened};
  EXPECT_EQ(judge_negative(check, evidence).verdict, Verdict::pass) << "an expired one of the lab's CA, say";
  evidence.is_of_another_ca = true;
  EXPECT_EQ(judge_negative(check, evidence).verdict, Verdict::fail);
}

TEST(JudgeNegative, leans_on_its_control_before_and_after) {
  const auto control = positive("control", {}, ProbeSpec{});
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
  const auto check = positive("check", {}, ProbeSpec{});
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
  const auto check = positive("check", {}, ProbeSpec{});
  const Seen nothing = seen(Outcome::refused, By::network, "connection_refused");
  EXPECT_EQ(judge_positive(check, {.opening = nothing, .host = HostSays::broker_is_down}).verdict, Verdict::fail);
  const auto down =
      judge_positive(check, {.opening = nothing, .host = HostSays::broker_is_down, .last_error = "Error: no key"});
  EXPECT_EQ(down.verdict, Verdict::fail);
  EXPECT_EQ(to_english(down.message),
            "nothing answers, and the host says that the broker is not running: Error: no key");
  EXPECT_EQ(
      to_english(
          judge_positive(check, {.opening = nothing, .host = HostSays::broker_is_down, .restart = "systemctl restart"})
              .message),
      "nothing answers, and the host says that the broker is not running. Start it, and read what it says: "
      "systemctl restart");
  EXPECT_EQ(judge_positive(check, {.opening = nothing, .host = HostSays::broker_runs}).verdict, Verdict::error);
  EXPECT_EQ(judge_positive(check, {.opening = nothing, .host = HostSays::nothing_listens, .port = "1"}).verdict,
            Verdict::fail);
  const Seen silence = seen(Outcome::timeout, By::network, "no_answer");
  EXPECT_EQ(judge_positive(check, {.opening = silence, .host = HostSays::nothing_listens, .port = "1"}).verdict,
            Verdict::error)
      << "somebody took the connection";
}

TEST(JudgePositive, is_in_doubt_when_it_is_not_let_in_again_at_the_end) {
  const auto check = positive("check", {}, ProbeSpec{});
  for (const auto& lost :
       {seen(Outcome::closed, By::broker), seen(Outcome::refused, By::mqtt, "not_authorized"),
        seen(Outcome::refused, By::network, "connection_refused"), seen(Outcome::timeout, By::network, "timed_out")})
    EXPECT_EQ(judge_positive(check, {.opening = let_in_by_broker, .closing = lost}).verdict, Verdict::error);
  EXPECT_EQ(judge_positive(check, {.opening = let_in_by_broker, .closing = let_in_by_broker}).verdict, Verdict::pass);
}

TEST(JudgePositive, fails_when_its_host_says_that_it_is_gone_at_the_end) {
  const auto check = positive("check", {}, ProbeSpec{});
  const Seen gone = seen(Outcome::refused, By::network, "connection_refused");
  for (const auto host : {HostSays::broker_is_down, HostSays::nothing_listens})
    EXPECT_EQ(judge_positive(check, {.opening = let_in_by_broker, .closing = gone, .host = host, .port = "1"}).verdict,
              Verdict::fail);
}

TEST(JudgePositive, a_message_that_does_not_arrive_is_no_dead_broker) {
  const auto check = positive("check", {}, ProbeSpec{});
  const auto judged = judge_positive(check, {.opening = seen(Outcome::timeout, By::network, "not_delivered")});
  EXPECT_EQ(judged.verdict, Verdict::error);
  EXPECT_EQ(to_english(judged.message),
            "let in, but the message was not delivered: an access control list, a size limit?");
}

TEST(JudgePositive, two_clients_that_are_let_in_alone_only_are_not_judged) {
  const auto check = positive("check", {}, ProbeSpec{});
  EXPECT_EQ(judge_positive(check, {.opening = seen(Outcome::closed, By::broker, "one_client_at_a_time")}).verdict,
            Verdict::error);
}

TEST(JudgePositive, a_certificate_that_was_never_asked_for_proves_nothing) {
  const auto check = positive("check", {.listener = "tls", .certificate = "userclient"}, ProbeSpec{});
  auto unasked = let_in_by_broker;
  unasked.tls = TlsFacts{};
  auto asked = unasked;
  asked.tls->certificate_requested = true;
  EXPECT_EQ(judge_positive(check, {.opening = unasked}).verdict, Verdict::fail);
  EXPECT_EQ(judge_positive(check, {.opening = asked}).verdict, Verdict::pass);
}

TEST(JudgePositive, a_certificate_of_another_ca_than_the_plans_is_no_proof) {
  const auto check = positive("check", {.listener = "tls", .certificate = "userclient"}, ProbeSpec{});
  auto opened = let_in_by_broker;
  opened.tls = TlsFacts{.certificate_requested = true, .certificate_sent = true};
  opened.facts["client.foreign_certificate"] = true;
  EXPECT_EQ(judge_positive(check, {.opening = opened}).verdict, Verdict::fail);
  const auto early = positive("early", {.listener = "tls"}, ProbeSpec{});
  EXPECT_EQ(judge_positive(early, {.opening = opened}).verdict, Verdict::pass) << "it is not about the certificate";
}

TEST(JudgePositive, being_let_in_proves_nothing_if_its_witness_was_let_in_too) {
  const auto check = positive("check", {}, ProbeSpec{}, {"wrong"});
  const Seen refused = seen(Outcome::refused, By::mqtt, "not_authorized");
  const Seen unknown = failure(ErrorKind::disagreement, msg("disagree"));
  const auto wrong = negative("wrong", check, "password", {}, {refused_by(By::mqtt)});
  const auto judged = [&](const Seen& witness) {
    return judge_positive(check, {.opening = let_in_by_broker, .refuters = {{&wrong, witness}}}).verdict;
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
  const auto control = positive("trusted", {}, ProbeSpec{}, {});
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

// What a probe of another kind saw, whatever became of its client.
TEST(JudgeFactsAlone, needs_each_fact_and_no_outcome) {
  auto check = positive("check", {}, ProbeSpec{});
  check.expected = {Expected{.outcome = Outcome::accepted,
                             .by = By::broker,
                             .facts = {{"tls.old_versions", Comparison::equals, FactValue(std::vector<std::string>{})}},
                             .reached = Layer::none}};
  const auto with = [](Observation seen, std::optional<std::vector<std::string>> versions) {
    if (versions) seen.facts["tls.old_versions"] = *versions;
    return seen;
  };
  const auto refused = seen(Outcome::refused, By::mqtt, "not_authorized");
  const auto silent = seen(Outcome::timeout, By::network, "timed_out");
  const Row rows[] = {
      {"the fact", with(let_in_by_broker, {{}}), Verdict::pass},
      {"the fact, of a client that was refused", with(refused, {{}}), Verdict::pass},
      {"the contrary", with(refused, {{"TLSv1"}}), Verdict::fail},
      {"nothing was seen of it", with(let_in_by_broker, std::nullopt), Verdict::error},
      {"nobody answered", with(silent, std::nullopt), Verdict::error},
      {"nobody answered, but it was proven before", with(silent, {{"TLSv1"}}), Verdict::fail},
      {"not given", failure(ErrorKind::missing_material, msg("no host")), Verdict::skip},
  };
  for (const auto& row : rows) EXPECT_EQ(judge_positive(check, {.opening = row.seen}).verdict, row.wanted) << row.what;
  const PositiveEvidence down{.opening = with(silent, std::nullopt), .host = HostSays::broker_is_down};
  EXPECT_EQ(judge_positive(check, down).verdict, Verdict::fail) << "its host says that it is down";
}

TEST(JudgeNegative, without_a_control_only_a_failure_is_proven) {
  const auto control = positive("control", {}, ProbeSpec{});
  const auto check = negative("check", control, "account", {}, {refused_by(By::mqtt, {"not_authorized"})});
  const Row rows[] = {
      {"let in", let_in_by_broker, Verdict::fail},
      {"refused", seen(Outcome::refused, By::mqtt, "not_authorized"), Verdict::skip},
      {"nobody answered", seen(Outcome::timeout, By::network, "timed_out"), Verdict::skip},
  };
  for (const auto& row : rows) {
    const NegativeEvidence evidence{row.seen, failure(ErrorKind::missing_material, msg("no account")), std::nullopt};
    EXPECT_EQ(judge_negative(check, evidence).verdict, row.wanted) << row.what;
  }
}

}  // namespace
}  // namespace mqtts::engine
