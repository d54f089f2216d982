#include "harness/wire/probe_connection.h"

#include <algorithm>
#include <array>

#include "harness/util/digest.h"
#include "harness/util/seeded_random.h"
#include "harness/wire/certificates.h"
#include "harness/wire/client_profile.h"
#include "harness/wire/mqtt_packet.h"
#include "harness/wire/random_bytes.h"
#include "harness/wire/websocket_stream.h"

namespace mqtts::wire {
namespace {

std::string tls_self_reason(const Step& step) {
  if (step.verify_error) return verify_error_name(*step.verify_error);
  return step.alert ? tls_alert_name(*step.alert) : std::string();
}

// Converts a step that did not succeed into the facts of the whole connection.
ConnectionFacts facts_of(const Step& step) {
  switch (step.outcome) {
    case StepOutcome::alert_received:
      return {Outcome::refused, By::tls_peer, step.alert, tls_alert_name(*step.alert), {}, step.detail};
    case StepOutcome::self_refused:
      return {Outcome::refused, By::tls_self, step.verify_error, tls_self_reason(step), {}, step.detail};
    case StepOutcome::garbled: return {Outcome::garbled, By::broker, {}, {}, {}, step.detail};
    case StepOutcome::closed: return {Outcome::closed, By::broker, {}, {}, {}, step.detail};
    case StepOutcome::done:
    case StepOutcome::timed_out: break;
  }
  return {Outcome::timeout, By::network, {}, "no_answer", {}, step.detail};
}

ConnectionFacts facts_of(const TcpConnection& tcp) {
  if (tcp.outcome == TcpOutcome::timed_out) return {Outcome::timeout, By::network, {}, tcp.reason};
  return {Outcome::refused, By::network, {}, tcp.reason};
}

// Code 1 is MQTT 3.1.1's, also as the answer to a client of MQTT 5.
std::string connack_name(MqttVersion version, int code) {
  return mqtt_reason_name(code < 0x80 ? MqttVersion::v3_1_1 : version, code);
}

// A broker closes with its CONNACK or right after it; after this time it is asked for its service.
constexpr auto time_to_close = std::chrono::milliseconds(750);

// Waits for the end after a refusal: `refused` if the broker closes the connection, as it must.
ConnectionFacts await_close(Stream& stream, MqttVersion version, ConnectionFacts refused, const Deadline& deadline) {
  std::array<unsigned char, 4096> buffer{};
  if (stream.read(buffer, deadline.within(time_to_close)).outcome != StepOutcome::timed_out) return refused;
  const auto topic = "mqtts-harness/" + to_hex(random_bytes(6));
  stream.write(encode_service_request(version, topic, "refused"), deadline);
  const auto step = stream.read(buffer, deadline);
  if (step.outcome == StepOutcome::done)
    return {Outcome::accepted, By::broker, refused.code,
            refused.reason,    {},         "refused by CONNACK, and served all the same"};
  if (step.outcome == StepOutcome::timed_out)
    return {Outcome::timeout, By::network, refused.code, "not_closed", {}, "refused by CONNACK, and left open"};
  return refused;
}

ConnectionFacts receive_connack(Stream& stream, const Client& client, const Deadline& deadline,
                                Clock::time_point sent) {
  const auto version = client.mqtt;
  Bytes received;
  for (;;) {
    std::array<unsigned char, 4096> buffer{};
    const auto step = stream.read(buffer, deadline);
    const auto answer_seconds = seconds_since(sent);
    if (step.outcome != StepOutcome::done) {
      auto facts = facts_of(step);
      if (step.outcome != StepOutcome::timed_out) facts.answer_seconds = answer_seconds;
      return facts;
    }
    received.insert(received.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(step.bytes));
    const auto packet = decode_first_packet(version, received);
    if (const auto* garbled = std::get_if<Garbled>(&packet))
      return {Outcome::garbled, By::broker, {}, {}, {}, garbled->why};
    const auto* connack = std::get_if<Connack>(&packet);
    if (connack == nullptr) continue;
    if (connack->code != 0) {
      auto facts =
          await_close(stream, version,
                      {Outcome::refused, By::mqtt, connack->code, connack_name(version, connack->code)}, deadline);
      facts.answer_seconds = answer_seconds;
      return facts;
    }
    const ConnectionFacts facts{.outcome = Outcome::accepted, .by = By::broker, .answer_seconds = answer_seconds};
    if (client.will) return facts;
    stream.write(encode_disconnect(), deadline);
    stream.finish(deadline);
    return facts;
  }
}

ConnectionFacts speak_mqtt(Stream& stream, std::span<const unsigned char> connect, const Client& client,
                           const Deadline& deadline) {
  const auto sent = Clock::now();
  stream.write(connect, deadline);
  return receive_connack(stream, client, deadline, sent);
}

Result<ConnectionFacts> speak(Stream& stream, std::span<const unsigned char> connect, const Client& client,
                              const Deadline& deadline) {
  if (!client.websocket) return speak_mqtt(stream, connect, client, deadline);
  WebSocketStream websocket(stream);
  const auto step = websocket.upgrade(client, deadline);
  if (!step) return tl::make_unexpected(step.error());
  if (step->outcome == StepOutcome::done) return speak_mqtt(websocket, connect, client, deadline);
  auto facts = facts_of(*step);
  facts.http_status = websocket.status();
  if (facts.http_status) facts.reason = "websocket_refused";
  return facts;
}

Result<ConnectionFacts> speak_tls(TlsStream& stream, std::span<const unsigned char> connect, const Client& client,
                                  const Deadline& deadline) {
  auto step = stream.handshake(deadline);
  if (step.outcome == StepOutcome::done && !client.connect_without_waiting) step = stream.await_verdict(deadline);
  auto facts = step.outcome == StepOutcome::done ? speak(stream, connect, client, deadline) : facts_of(step);
  if (facts) facts->tls = stream.facts();
  return facts;
}

Result<ConnectionFacts> connect_once(const Client& client, TlsOffer offer, const TlsVersions& versions,
                                     const Deadline& deadline) {
  const auto profile = client_profile_of(client, "probe");
  const auto connect = encode_connect({.version = client.mqtt,
                                       .client_id = profile.client_id,
                                       .user_name = client.user_name,
                                       .password = client.password,
                                       .keep_alive = profile.keep_alive,
                                       .will = client.will});
  if (!connect) return tl::make_unexpected(connect.error());
  SslContextPtr context;
  if (client.tls) {
    auto made = shared_tls_context(client, offer, versions);
    if (!made) return tl::make_unexpected(made.error());
    context = std::move(*made);
  }
  auto tcp = connect_tcp(client, deadline);
  if (!tcp) return tl::make_unexpected(tcp.error());

  Result<ConnectionFacts> facts;
  if (tcp->outcome != TcpOutcome::connected) {
    facts = facts_of(*tcp);
  } else if (client.tls) {
    TlsStream stream(*context, client, offer, std::move(tcp->socket));
    facts = speak_tls(stream, *connect, client, deadline);
  } else {
    PlainStream stream(std::move(tcp->socket));
    facts = speak(stream, *connect, client, deadline);
  }
  if (facts) facts->offer = offer;
  return facts;
}

// Returns true for errors of a certificate that only the security level causes.
bool is_of_security_level(int verify_error) {
  return verify_error == X509_V_ERR_EE_KEY_TOO_SMALL || verify_error == X509_V_ERR_CA_KEY_TOO_SMALL ||
         verify_error == X509_V_ERR_CA_MD_TOO_WEAK;
}

// Returns true if the end may come from a gap in our offer, or from our own system's limits for weak material: it then
// says nothing about the broker.
bool may_be_for_our_offer(const Result<ConnectionFacts>& facts) {
  if (!facts) return facts.error().kind == ErrorKind::local;
  if (!facts->tls) return false;
  const bool no_hello = facts->tls->version.empty();
  switch (facts->by) {
    case By::tls_self: return !facts->code || is_of_security_level(*facts->code);
    case By::tls_peer: return no_hello;
    case By::broker: return no_hello && facts->outcome == Outcome::closed;
    case By::mqtt:
    case By::network: break;
  }
  return false;
}

}  // namespace

Result<ConnectionFacts> probe_connection(const Client& client, const Deadline& deadline, const TlsVersions& asked) {
  const auto start = Clock::now();
  auto versions = asked;
  if (client.at_most_tls_1_2) versions.highest = std::min(versions.highest, TLS1_2_VERSION);
  auto facts = connect_once(client, TlsOffer::system_default, versions, deadline);
  if (client.tls && !deadline.passed() && may_be_for_our_offer(facts))
    facts = connect_once(client, TlsOffer::everything, versions, deadline);
  if (!facts) return facts;
  // Too weak for every client: Paho must check it as real clients do.
  if (client.strict && facts->by == By::tls_self && facts->code && is_of_security_level(*facts->code))
    facts->offer = TlsOffer::system_default;
  if (facts->outcome == Outcome::timeout && deadline.stopped())
    return failure(ErrorKind::interrupted, msg("Stopped while probing {address} port {port}",
                                               {{"address", client.address}, {"port", std::to_string(client.port)}}));
  facts->seconds = seconds_since(start);
  return facts;
}

}  // namespace mqtts::wire
