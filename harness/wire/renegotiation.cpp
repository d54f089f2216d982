#include "harness/wire/renegotiation.h"

#include <utility>

#include "harness/model/reasons.h"
#include "harness/wire/ssl_handles.h"
#include "harness/wire/stream.h"
#include "harness/wire/tcp.h"
#include "harness/wire/tls.h"

namespace mqtts::wire {
namespace {

// RFC 5246 section 7.2.2: no_renegotiation, as a warning. A server that knows no ClientHello here (Go's) answers that
// the message is unexpected. Other alerts may have another reason than what we asked for.
bool refuses_renegotiation(int alert) {
  return alert == SSL_AD_NO_RENEGOTIATION || alert == SSL_AD_UNEXPECTED_MESSAGE;
}

RenegotiationFacts ended_by(const Step& step) {
  RenegotiationFacts facts{.outcome = Outcome::timeout, .by = By::network, .reason = "no_answer"};
  switch (step.outcome) {
    case StepOutcome::done: facts = {.outcome = Outcome::accepted, .by = By::broker}; break;
    case StepOutcome::alert_received:
      facts = {.outcome = Outcome::refused, .by = By::tls_peer, .code = step.alert};
      facts.reason = tls_alert_name(*step.alert);
      break;
    case StepOutcome::self_refused: facts = {.outcome = Outcome::refused, .by = By::tls_self}; break;
    case StepOutcome::garbled: facts = {.outcome = Outcome::garbled, .by = By::broker}; break;
    case StepOutcome::closed: facts = {.outcome = Outcome::closed, .by = By::broker}; break;
    case StepOutcome::timed_out: break;
  }
  facts.detail = step.detail;
  return facts;
}

RenegotiationFacts renegotiate(TlsStream& stream, const Deadline& deadline) {
  if (const auto first = stream.handshake(deadline); first.outcome != StepOutcome::done) return ended_by(first);
  const auto second = stream.renegotiate(deadline);
  auto facts = ended_by(second);
  facts.version = stream.facts().version;
  if (second.outcome == StepOutcome::done) facts.accepted = true;
  if (second.outcome == StepOutcome::alert_received && refuses_renegotiation(*second.alert)) facts.accepted = false;
  return facts;
}

}  // namespace

Result<RenegotiationFacts> try_renegotiation(const Client& client, const Deadline& deadline) {
  auto anybody = client;
  anybody.trust.reset();
  anybody.strict = false;
  const auto offer = TlsOffer::everything;
  // A context of its own: its options are nobody else's.
  const auto context = make_tls_context(anybody, offer, {.lowest = TLS1_VERSION, .highest = TLS1_2_VERSION});
  if (!context) return tl::make_unexpected(context.error());
  SSL_CTX_set_options(context->get(), SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION);
  auto tcp = connect_tcp(client, deadline);
  if (!tcp) return tl::make_unexpected(tcp.error());
  if (tcp->outcome != TcpOutcome::connected) {
    RenegotiationFacts facts{.outcome = Outcome::refused, .by = By::network};
    if (tcp->outcome == TcpOutcome::timed_out) facts.outcome = Outcome::timeout;
    facts.reason = tcp->reason;
    return facts;
  }
  TlsStream stream(**context, anybody, offer, std::move(tcp->socket));
  auto facts = renegotiate(stream, deadline);
  if (deadline.stopped())
    return failure(ErrorKind::interrupted, msg("Stopped while probing {address} port {port}",
                                               {{"address", client.address}, {"port", std::to_string(client.port)}}));
  return facts;
}

}  // namespace mqtts::wire
