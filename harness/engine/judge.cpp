#include "harness/engine/judge.h"

#include <algorithm>
#include <utility>

#include "harness/engine/fact_sentences.h"

namespace mqtts::engine {
namespace {

bool nobody_answered(const Observation& seen) {
  return seen.outcome == Outcome::timeout || (seen.outcome == Outcome::refused && seen.by == By::network);
}

// The broker said no to a witness, or it was stopped as its own check wants. One that got lost on its way shows
// nothing.
bool was_refused(const Refuter& witness) {
  const auto& seen = *witness.seen;
  const bool by_broker = seen.outcome == Outcome::refused && (seen.by == By::mqtt || seen.by == By::tls_peer);
  return by_broker || is_allowed(*witness.check, seen);
}

// The client brings one, and for all we know could as well have left it at home.
bool never_asked_for_certificate(const CheckSpec& check, const Observation& accepted) {
  return check.client.certificate && accepted.tls && !accepted.tls->certificate_requested;
}

// The target gave the client a certificate that the CA of the plan has not signed, and the broker got it.
bool brought_foreign_certificate(const Observation& seen) {
  const auto fact = seen.facts.find("client.foreign_certificate");
  return fact != seen.facts.end() && fact->second == FactValue(true);
}

// A plain handshake_failure may be anybody's: a broker that refuses a certificate has asked for one before, on the same
// connection, and has got the one that it refuses.
std::optional<Judgement> doubt_of_alert(const CheckSpec& check, const Observation& seen) {
  if (check.changed != "certificate" || seen.by != By::tls_peer) return std::nullopt;
  if (!seen.tls || !seen.tls->certificate_requested)
    return Judgement{Verdict::error,
                     msg("refused, but before the broker had asked for a certificate, so for another reason")};
  if (check.client.certificate && !seen.tls->certificate_sent)
    return Judgement{Verdict::error, msg("refused, but the certificate that should be refused was not presented")};
  return std::nullopt;
}

std::string text_of(const Predicate& predicate) {
  const auto* other = std::get_if<FactOf>(&predicate.wanted);
  return other == nullptr ? predicate.fact : other->fact + " (" + other->check + ")";
}

// The right side of a predicate; none if it is a fact that was not seen.
std::optional<FactValue> value_of(const Predicate& predicate, const SeenByOthers& others) {
  const auto* other = std::get_if<FactOf>(&predicate.wanted);
  if (other == nullptr) return std::get<FactValue>(predicate.wanted);
  const auto check = others.find(other->check);
  if (check == others.end()) return std::nullopt;
  const auto facts = facts_of(check->second);
  const auto fact = facts.find(other->fact);
  return fact == facts.end() ? std::nullopt : std::optional(fact->second);
}

// Of the expectations whose outcome was seen: the first whose facts hold, else one that a fact contradicts, else one of
// which a fact is not known.
FactJudgement judge_facts(const CheckSpec& check, const Observation& seen, const SeenByOthers& others) {
  std::optional<FactJudgement> best;
  for (const auto& wanted : check.expected) {
    if (!matches(wanted, seen)) continue;
    auto judgement = engine::judge_facts(wanted, seen, others);
    if (!best || judgement.say < best->say) best = std::move(judgement);
  }
  return best.value_or(FactJudgement{});
}

Judgement judgement_of(const FactJudgement& facts) {
  return {facts.say == FactsSay::contradict ? Verdict::fail : Verdict::error, facts.why};
}

// Who was refused by MQTT, by name.
Message whom_mqtt_refused(const Observation& seen, const PositiveEvidence& evidence) {
  const bool is_reader = seen.facts.contains("delivery.refused");
  const auto& user = is_reader ? evidence.reader : evidence.user;
  const std::map<std::string, std::string> args{{"user", user}, {"reason", seen.reason}};
  if (user.empty()) return msg("the broker refused a client without a user name: {reason}", args);
  if (is_reader) return msg("the broker refused {user}, who reads the message: {reason}", args);
  return msg("the broker refused {user}: {reason}", args);
}

Message why_tls_failed(const Observation& seen, const PositiveEvidence& evidence) {
  const bool is_of_peer = seen.by == By::tls_peer;
  const bool is_reader = seen.facts.contains("delivery.refused");
  const std::map<std::string, std::string> args{
      {"reason", seen.reason},
      {"name", evidence.name},
      {"user", evidence.reader},
      {"subject", seen.tls && !seen.tls->chain.empty() ? seen.tls->chain.front().subject : ""}};
  if (is_of_peer && is_reader)
    return msg("the broker refused the certificate of {user}, who reads the message: TLS alert {reason}", args);
  if (is_of_peer && seen.reason == "certificate_expired" && seen.tls && seen.tls->certificate_in_time == true)
    return msg(
        "the broker refused the client's certificate as expired, and it is not: is its revocation list past its "
        "next update, or the broker's clock wrong?");
  if (is_of_peer && seen.tls && seen.tls->certificate_sent)
    return msg("the broker refused the client's certificate: TLS alert {reason}", args);
  if (is_of_peer && seen.tls && seen.tls->certificate_requested)
    return msg("the broker demands a client certificate, and none was given: TLS alert {reason}", args);
  if (is_of_peer) return msg("the broker ended the TLS handshake: alert {reason}", args);
  const bool is_name = seen.reason == "hostname_mismatch" || seen.reason == "ip_address_mismatch";
  if (is_name && ("," + args.at("subject") + ",").find("CN=" + evidence.name + ",") != std::string::npos)
    return msg("the server's certificate has a subjectAltName without {name}: that counts, and not its CN", args);
  if (is_name) return msg("the server's certificate is for {subject}, and not for {name}", args);
  if (!seen.reason.empty()) return msg("the server's certificate is not to be trusted: {reason}", args);
  return msg("TLS could not be agreed on with the broker");
}

Message why_turned_away(const Observation& seen, const PositiveEvidence& evidence) {
  const std::map<std::string, std::string> port{{"port", evidence.port}};
  if (seen.outcome == Outcome::garbled) return msg("what answers on port {port} does not speak this protocol", port);
  if (seen.reason == "websocket_refused")
    return msg("port {port} answers by HTTP, and not with MQTT over WebSocket: is the path right?", port);
  if (seen.outcome == Outcome::closed)
    return msg("port {port} takes the connection, and closes it without a word", port);
  if (seen.by == By::mqtt) return whom_mqtt_refused(seen, evidence);
  if (seen.by == By::tls_peer || seen.by == By::tls_self) return why_tls_failed(seen, evidence);
  return msg("a client that should be let in was turned away");
}

// What was seen of the facts that the check demands, in words if there are any for the first.
Judgement judge_facts_held(const CheckSpec& check, const Observation& seen, const SeenByOthers& others) {
  const auto facts = facts_of(seen);
  std::string all;
  for (const auto& wanted : check.expected)
    for (const auto& predicate : wanted.facts) {
      const auto fact = facts.find(predicate.fact);
      const auto demanded = value_of(predicate, others);
      if (fact == facts.end() || !demanded || all.find(predicate.fact + " ") != std::string::npos) continue;
      if (all.empty()) {
        auto sentence = sentence_of(predicate.fact, fact->second, Demand::met, *demanded);
        if (!sentence.empty()) return {Verdict::pass, std::move(sentence)};
      }
      all += (all.empty() ? "" : ", ") + predicate.fact + " = " + to_text(fact->second);
    }
  return {Verdict::pass, msg("as it should be: {facts}", {{"facts", all}})};
}

// Why a client that should be let in was not.
Judgement judge_not_let_in(const Observation& seen, const PositiveEvidence& evidence) {
  if (seen.reason == "one_client_at_a_time")
    return {Verdict::error,
            msg("each client is let in alone, but not two at the same time: does the broker limit connections?")};
  if (seen.outcome == Outcome::denied)
    return {Verdict::fail, msg("let in, but its message was denied: an access control list?")};
  if (seen.reason == "payload_altered") return {Verdict::fail, msg("let in, but its message came back altered")};
  if (!nobody_answered(seen)) return {Verdict::fail, why_turned_away(seen, evidence)};
  const bool has_no_words = evidence.host == HostSays::broker_is_down && evidence.last_error.empty();
  if (has_no_words && evidence.restart.empty())
    return {Verdict::fail, msg("nothing answers, and the host says that the broker is not running")};
  if (has_no_words)
    return {Verdict::fail, msg("nothing answers, and the host says that the broker is not running. Start it, and read "
                               "what it says: {command}",
                               {{"command", evidence.restart}})};
  if (evidence.host == HostSays::broker_is_down)
    return {Verdict::fail, msg("nothing answers, and the host says that the broker is not running: {error}",
                               {{"error", evidence.last_error}})};
  // A connection that was made, and stays silent, is another matter.
  if (evidence.host == HostSays::nothing_listens && !was_answered(seen))
    return {
        Verdict::fail,
        evidence.last_error.empty()
            ? msg("nothing listens on port {port}, the host says so, although a broker runs there: which ports does "
                  "its configuration open?",
                  {{"port", evidence.port}})
            : msg("nothing listens on port {port}, the host says so; when the broker was last started, it said: "
                  "{error}",
                  {{"port", evidence.port}, {"error", evidence.last_error}})};
  if (seen.reason == "not_delivered")
    return {Verdict::error, msg("let in, but the message was not delivered: an access control list, a size limit?")};
  if (was_answered(seen))
    return {Verdict::error,
            msg("port {port} takes the connection, but no answer comes in time", {{"port", evidence.port}})};
  return {Verdict::error, msg("nothing answers: the broker may be down, or a firewall may stand between")};
}

// Why a client that was let in is not any more.
Judgement judge_lost_access(const PositiveEvidence& evidence) {
  if (evidence.host == HostSays::broker_is_down)
    return {Verdict::fail, msg("let in at first; since then the host says that the broker is not running")};
  if (evidence.host == HostSays::nothing_listens)
    return {Verdict::fail, msg("let in at first; since then the host says that nothing listens on port {port}",
                               {{"port", evidence.port}})};
  return {Verdict::error, msg("let in at first, but not any more after the other checks, and not after a pause either: "
                              "banned after our wrong passwords (fail2ban, a ban of the broker's own), limited, or "
                              "restarted?")};
}

// The check's own layer holds, whatever a later one said.
Judgement judge_reached(const Observation& seen) {
  const std::map<std::string, std::string> why{{"reason", seen.reason}};
  if (seen.outcome == Outcome::refused && seen.by == By::mqtt)
    return {Verdict::pass,
            msg("this holds; the broker then refused the login ({reason}), which other checks judge", why)};
  if (seen.outcome == Outcome::refused && seen.by == By::tls_peer)
    return {Verdict::pass, msg("this holds; the broker then refused the client by a TLS alert ({reason}), which "
                               "other checks judge",
                               why)};
  return {Verdict::pass, msg("this holds; what became of the client then, other checks judge")};
}

Judgement accepted_but_proves_nothing(const PositiveEvidence& evidence, const CheckSpec& check) {
  const auto& seen = *evidence.opening;
  if (never_asked_for_certificate(check, seen))
    return {Verdict::fail, msg("let in, but the broker never asked for the client certificate, so it proves nothing")};
  if (check.client.certificate && brought_foreign_certificate(seen))
    return {Verdict::fail,
            msg("let in, but with a certificate that the lab's CA has not signed: the broker trusts another CA, too")};
  for (const auto& witness : evidence.refuters) {
    const std::map<std::string, std::string> id{{"witness", witness.check->id}};
    if (is_accepted(witness.seen))
      return {Verdict::fail, msg("let in, but so was {witness}: the broker does not look", id)};
    if (!witness.seen || !was_refused(witness))
      return {Verdict::error, msg("let in, but {witness}, which shows that the broker looks, could not be judged", id)};
  }
  if (!is_accepted(evidence.opening))
    return {Verdict::pass, msg("let in, as it should be; but the message was not delivered: an access control list, a "
                               "size limit?")};
  return {Verdict::pass, msg("let in, as it should be")};
}

}  // namespace

bool is_accepted(const Seen& seen) { return seen && seen->outcome == Outcome::accepted; }

bool is_let_in(const Seen& seen) { return seen && layer_of(*seen) >= Layer::mqtt; }

bool got_past(const CheckSpec& check, const Observation& seen) {
  const auto is_of_network = [](const Expected& it) { return it.by == By::network; };
  if (check.changed == "listener" && std::ranges::all_of(check.expected, is_of_network))
    return layer_of(seen) >= Layer::tls;
  return std::ranges::all_of(check.expected,
                             [&](const Expected& wanted) { return layer_of(seen) >= barrier_of(wanted); });
}

bool reaches(const Seen& control, const CheckSpec& check) {
  return control && layer_of(*control) >= check.control_reaches;
}

bool holds_again(const Observation& opening, const Observation& closing, Layer most) {
  return layer_of(closing) >= std::min(layer_of(opening), most);
}

FactJudgement judge_facts(const Expected& wanted, const Observation& seen, const SeenByOthers& others) {
  const auto facts = facts_of(seen);
  FactJudgement judgement;
  for (const auto& predicate : wanted.facts) {
    const auto found = facts.find(predicate.fact);
    const auto demanded = value_of(predicate, others);
    if (found == facts.end() || !demanded) {
      if (judgement.say == FactsSay::hold)
        judgement = {FactsSay::unknown, msg("{fact} was not seen, so nothing is proven of it",
                                            {{"fact", found == facts.end() ? predicate.fact : text_of(predicate)}})};
      continue;
    }
    if (holds(predicate.comparison, found->second, *demanded)) continue;
    auto sentence = sentence_of(predicate.fact, found->second, Demand::contradicted, *demanded);
    if (!sentence.empty()) return {FactsSay::contradict, std::move(sentence)};
    return {FactsSay::contradict, msg("{fact} is {seen}; the plan demands: {comparison} {wanted}",
                                      {{"fact", predicate.fact},
                                       {"seen", to_text(found->second)},
                                       {"comparison", std::string(to_string(predicate.comparison))},
                                       {"wanted", to_text(*demanded)}})};
  }
  return judgement;
}

bool was_answered(const Observation& seen) { return layer_of(seen) >= Layer::network; }

bool is_allowed(const CheckSpec& check, const Observation& seen) {
  return std::ranges::any_of(check.expected, [&](const Expected& wanted) { return matches(wanted, seen); });
}

Judgement not_tried() { return {Verdict::skip, msg("not tried: stopped by a signal")}; }

Judgement unjudged(const Error& error) {
  const bool is_skipped = error.kind == ErrorKind::missing_material || error.kind == ErrorKind::interrupted;
  const auto verdict = is_skipped ? Verdict::skip : Verdict::error;
  return {verdict, error.what};
}

namespace {

bool is_interrupted(const Seen& seen) { return !seen && seen.error().kind == ErrorKind::interrupted; }

Message why_opening_proves_nothing(const CheckSpec& check) {
  const std::map<std::string, std::string> control{{"control", check.control}};
  switch (check.control_reaches) {
    case Layer::action:
      return msg("a denial proves nothing here: {control}, whose message must be delivered, did not get as far",
                 control);
    case Layer::server:
      return msg("a refusal proves nothing here: {control}, which must trust the server's certificate, does not",
                 control);
    case Layer::none:
    case Layer::network:
    case Layer::tls:
      return msg("a refusal proves nothing here: {control}, which must get an answer, got none", control);
    case Layer::mqtt: break;
  }
  return msg("a refusal proves nothing here: {control}, which must be let in, was not", control);
}

Message why_closing_proves_nothing(const CheckSpec& check) {
  const std::map<std::string, std::string> control{{"control", check.control}};
  switch (check.control_reaches) {
    case Layer::action:
      return msg(
          "denied, but afterwards the message of {control} was not delivered any more, so the denial proves "
          "nothing",
          control);
    case Layer::none:
    case Layer::network:
    case Layer::server:
    case Layer::tls:
      return msg(
          "refused, but {control} got no such answer afterwards, so the refusal proves nothing: was the broker "
          "restarted?",
          control);
    case Layer::mqtt: break;
  }
  return msg(
      "refused, but {control} was not let in afterwards, so the refusal proves nothing: does the broker limit or "
      "ban clients, or was it restarted?",
      control);
}

}  // namespace

std::optional<Judgement> doubt_of_control(const CheckSpec& check, const Seen& opening,
                                          const std::optional<Seen>& closing) {
  if (!check.missing.empty()) return Judgement{Verdict::skip, check.missing};
  if (!opening && opening.error().kind == ErrorKind::missing_material)
    return Judgement{Verdict::skip, opening.error().what};
  if (is_interrupted(opening)) return not_tried();
  if (!reaches(opening, check)) return Judgement{Verdict::error, why_opening_proves_nothing(check)};
  if (closing && is_interrupted(*closing))
    return Judgement{Verdict::error,
                     msg("stopped by a signal before {control} was asked again, so what was seen proves "
                         "nothing yet",
                         {{"control", check.control}})};
  if (!closing || !reaches(*closing, check)) return Judgement{Verdict::error, why_closing_proves_nothing(check)};
  return std::nullopt;
}

Judgement judge_positive(const CheckSpec& check, const PositiveEvidence& evidence) {
  if (!evidence.opening) return unjudged(evidence.opening.error());
  const auto& seen = *evidence.opening;
  if (!is_allowed(check, seen)) return judge_not_let_in(seen, evidence);
  if (evidence.closing && is_interrupted(*evidence.closing))
    return {Verdict::error, msg("as it should be at first, but stopped by a signal before it was asked again")};
  if (evidence.closing && !*evidence.closing) return unjudged(evidence.closing->error());
  if (evidence.closing && !holds_again(seen, **evidence.closing)) return judge_lost_access(evidence);
  const auto facts = judge_facts(check, seen, evidence.others);
  const bool is_of_facts = asks_for_facts_alone(check.expected);
  if (is_of_facts && facts.say == FactsSay::unknown && nobody_answered(seen)) return judge_not_let_in(seen, evidence);
  if (facts.say != FactsSay::hold) return judgement_of(facts);
  if (is_of_facts) return judge_facts_held(check, seen, evidence.others);
  if (seen.reason == "payload_altered") return judge_not_let_in(seen, evidence);
  if (!is_let_in(evidence.opening)) return judge_reached(seen);
  return accepted_but_proves_nothing(evidence, check);
}

Judgement judge_negative(const CheckSpec& check, const NegativeEvidence& evidence) {
  const auto& opening = evidence.opening_control;
  // Without a control a refusal proves nothing; to be let in does.
  if (!reaches(opening, check) && evidence.seen && *evidence.seen && got_past(check, **evidence.seen))
    return {Verdict::fail, (*evidence.seen)->outcome == Outcome::accepted
                               ? msg("a client that should be refused was let in")
                               : msg("a client got past the layer that should have refused it")};
  if (!reaches(opening, check)) return *doubt_of_control(check, opening, evidence.closing_control);
  if (!evidence.seen) return {Verdict::error, msg("not attempted")};
  if (!*evidence.seen) return unjudged(evidence.seen->error());

  const auto& seen = **evidence.seen;
  // A plan may allow a port that a firewall hides, but no plan can make a silent listener one.
  const bool silent = seen.outcome == Outcome::timeout && seen.reason != "timed_out";
  if (is_allowed(check, seen) && !silent) {
    if (auto doubt = doubt_of_control(check, opening, evidence.closing_control)) return *doubt;
    if (never_asked_for_certificate(check, *opening))
      return {Verdict::error,
              msg("refused, but the broker never asked for the certificate that {control} brings, so nothing is proven "
                  "of clients that have one",
                  {{"control", check.control}})};
    if (auto doubt = doubt_of_alert(check, seen)) return *doubt;
    if (evidence.is_of_another_ca && brought_foreign_certificate(*opening))
      return {Verdict::fail,
              msg("refused, but {control} was let in with a certificate that the lab's CA has not signed: the broker "
                  "trusts another CA, too",
                  {{"control", check.control}})};
    if (const auto facts = judge_facts(check, seen, evidence.others); facts.say != FactsSay::hold)
      return judgement_of(facts);
    if (seen.outcome == Outcome::denied) return {Verdict::pass, msg("let in, but what it asked for was denied")};
    return {Verdict::pass, msg("refused, for the right reason")};
  }
  if (check.changed == "trust" && seen.by == By::tls_self && seen.reason == "self_signed_certificate")
    return {Verdict::fail, msg("the server shows a certificate that it has signed itself, so there is no CA to trust")};
  const bool is_past = got_past(check, seen);
  if (is_past && check.acts && seen.outcome == Outcome::accepted)
    return {Verdict::fail, msg("what should be denied was done: the message was delivered")};
  if (is_past && seen.outcome == Outcome::accepted)
    return {Verdict::fail, msg("a client that should be refused was let in")};
  if (is_past && check.acts && seen.outcome == Outcome::garbled)
    return {Verdict::fail, msg("what should be denied was done: a message arrived, altered")};
  if (is_past) return {Verdict::fail, msg("a client got past the layer that should have refused it")};
  if (check.acts && seen.reason == "not_delivered")
    return {Verdict::error, msg("neither the message nor its sentinel arrived, so nothing is proven")};
  if (seen.reason == "not_closed")
    return {Verdict::error, msg("CONNACK refused, but the broker left the connection open, which MQTT forbids")};
  return {Verdict::error, msg("it did not get in, but not for a reason that proves the protection")};
}

}  // namespace mqtts::engine
