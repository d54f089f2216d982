#include "harness/engine/judge.h"

#include <algorithm>
#include <utility>

namespace mqtts::engine {
namespace {

// How far a client surely got. Each layer includes those before it.
enum class Passed {
  nothing,
  network,
  tls,
  mqtt,
  action
};

Passed passed_by(const Observation& seen) {
  switch (seen.outcome) {
    case Outcome::accepted: return Passed::action;
    case Outcome::denied: return Passed::mqtt;
    case Outcome::refused:
      if (seen.by == By::mqtt) return Passed::tls;
      return seen.by == By::network ? Passed::nothing : Passed::network;
    case Outcome::closed:
    case Outcome::garbled: return Passed::network;
    // Nobody answered in time; "no_answer" says that somebody took the TCP connection.
    case Outcome::timeout: return seen.reason == "no_answer" ? Passed::network : Passed::nothing;
  }
  return Passed::nothing;
}

// The layer that should have stopped the client.
Passed barrier_of(const Expected& wanted) {
  if (wanted.outcome == Outcome::denied) return Passed::action;
  switch (wanted.by) {
    case By::network: return Passed::network;
    case By::tls_peer:
    case By::tls_self: return Passed::tls;
    case By::mqtt:
    case By::broker: return Passed::mqtt;
  }
  return Passed::mqtt;
}

bool nobody_answered(const Observation& seen) {
  return seen.outcome == Outcome::timeout || (seen.outcome == Outcome::refused && seen.by == By::network);
}

// Why an attempt that ended in an Error leaves its check unjudged.
Judgement unjudged(const Error& error) {
  const auto verdict = error.kind == ErrorKind::missing_material ? Verdict::skip : Verdict::error;
  return {verdict, error.what};
}

// The broker said no to a witness, or it was stopped as its own check wants. One that got lost on its way shows
// nothing.
bool was_refused(const Witness& witness) {
  const auto& seen = *witness.seen;
  const bool by_broker = seen.outcome == Outcome::refused && (seen.by == By::mqtt || seen.by == By::tls_peer);
  return by_broker || is_allowed(*witness.check, seen);
}

// The client brings one, and for all we know could as well have left it at home.
bool never_asked_for_certificate(const CheckSpec& check, const Observation& accepted) {
  return check.client.certificate && accepted.tls && !accepted.tls->certificate_requested;
}

Judgement accepted_but_proves_nothing(const PositiveEvidence& evidence, const CheckSpec& check) {
  const auto& seen = *evidence.opening;
  if (never_asked_for_certificate(check, seen))
    return {Verdict::fail, msg("let in, but the broker never asked for the client certificate, so it proves nothing")};
  for (const auto& witness : evidence.witnesses) {
    const std::map<std::string, std::string> id{{"witness", witness.check->id}};
    if (is_accepted(witness.seen))
      return {Verdict::fail, msg("let in, but so was {witness}: the broker does not look", id)};
    if (!witness.seen || !was_refused(witness))
      return {Verdict::error, msg("let in, but {witness}, which shows that the broker looks, could not be judged", id)};
  }
  return {Verdict::pass, msg("let in, as it should be")};
}

}  // namespace

bool is_accepted(const Seen& seen) { return seen && seen->outcome == Outcome::accepted; }

bool was_answered(const Observation& seen) { return passed_by(seen) >= Passed::network; }

bool is_allowed(const CheckSpec& check, const Observation& seen) {
  return std::ranges::any_of(check.expected, [&](const Expected& wanted) { return matches(wanted, seen); });
}

Judgement judge_positive(const CheckSpec& check, const PositiveEvidence& evidence) {
  if (!evidence.opening) return unjudged(evidence.opening.error());
  const auto& seen = *evidence.opening;
  if (!is_allowed(check, seen)) {
    if (!nobody_answered(seen)) return {Verdict::fail, msg("a client that should be let in was turned away")};
    if (evidence.host == HostSays::broker_is_down && evidence.last_error.empty())
      return {Verdict::fail, msg("nothing answers, and the host says that the broker is not running")};
    if (evidence.host == HostSays::broker_is_down)
      return {Verdict::fail, msg("nothing answers, and the host says that the broker is not running: {error}",
                                 {{"error", evidence.last_error}})};
    // A connection that was made, and stays silent, is another matter.
    if (evidence.host == HostSays::nothing_listens && !was_answered(seen))
      return {Verdict::fail, msg("nothing listens on port {port}: the host says so, and that the broker runs",
                                 {{"port", evidence.port}})};
    return {Verdict::error, msg("nothing answers: the broker may be down, or a firewall may stand between")};
  }
  if (evidence.closing && !*evidence.closing) return unjudged(evidence.closing->error());
  const bool fell_silent = evidence.closing && (*evidence.closing)->outcome == Outcome::timeout;
  if (fell_silent && evidence.silence == Silence::is_doubt)
    return {Verdict::error, msg("let in at first, and then nothing answered in time")};
  if (evidence.closing && !is_allowed(check, **evidence.closing))
    return {Verdict::fail, msg("let in at first, but not any more after the other checks")};
  return accepted_but_proves_nothing(evidence, check);
}

Judgement judge_negative(const CheckSpec& check, const NegativeEvidence& evidence) {
  const std::map<std::string, std::string> control{{"control", check.control}};
  if (!evidence.opening_control && evidence.opening_control.error().kind == ErrorKind::missing_material)
    return {Verdict::skip, evidence.opening_control.error().what};
  if (!is_accepted(evidence.opening_control))
    return {Verdict::error, msg("a refusal proves nothing here: {control}, which must be let in, was not", control)};
  if (!evidence.seen) return {Verdict::error, msg("not attempted")};
  if (!*evidence.seen) return unjudged(evidence.seen->error());

  const auto& seen = **evidence.seen;
  // A plan may allow a port that a firewall hides, but no plan can make a silent listener one.
  const bool silent = seen.outcome == Outcome::timeout && seen.reason != "timed_out";
  if (is_allowed(check, seen) && !silent) {
    if (!evidence.closing_control || !is_accepted(*evidence.closing_control))
      return {Verdict::error,
              msg("refused, but {control} was not let in afterwards, so the refusal proves nothing", control)};
    if (never_asked_for_certificate(check, *evidence.opening_control))
      return {Verdict::error,
              msg("refused, but the broker never asked for the certificate that {control} brings, so nothing is proven "
                  "of clients that have one",
                  control)};
    return {Verdict::pass, msg("refused, for the right reason")};
  }
  if (check.changed == "trust" && seen.by == By::tls_self && seen.reason == "self_signed_certificate")
    return {Verdict::fail, msg("the server shows a certificate that it has signed itself, so there is no CA to trust")};
  const bool got_past = std::ranges::all_of(
      check.expected, [&](const Expected& wanted) { return passed_by(seen) >= barrier_of(wanted); });
  if (got_past && seen.outcome == Outcome::accepted)
    return {Verdict::fail, msg("a client that should be refused was let in")};
  if (got_past) return {Verdict::fail, msg("a client got past the layer that should have refused it")};
  return {Verdict::error, msg("it did not get in, but not for a reason that proves the protection")};
}

}  // namespace mqtts::engine
