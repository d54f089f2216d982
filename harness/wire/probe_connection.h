// Probes one connection and states why it ended: TCP, TLS, WebSocket, CONNECT, and the first packet received.
#pragma once

#include <optional>
#include <string>

#include "harness/model/interfaces.h"
#include "harness/model/observation.h"
#include "harness/util/deadline.h"
#include "harness/wire/tls.h"

namespace mqtts::wire {

// Result of one connection. `outcome` is accepted, refused, closed, timeout or garbled.
struct ConnectionFacts {
  Outcome outcome{};
  By by{};
  std::optional<int> code;
  std::string reason;
  std::optional<TlsFacts> tls;
  std::string detail;  // text of OpenSSL, the system or our decoder about the end; may be hostile
  double seconds = 0;
  TlsOffer offer{};  // what our ClientHello offered
  // From our CONNECT until the answer was read, whatever it was; none: no CONNECT was sent, or nothing answered.
  std::optional<double> answer_seconds{};
  std::optional<int> http_status{};  // WebSocket: of the answer that did not upgrade the connection
};

// Makes one connection as a client program in wide use does, and sends DISCONNECT if accepted and without a will. If
// TLS ends because of what our offer lacks, connects again with everything offered, and that connection counts; a
// client that is `strict` refuses a certificate that OpenSSL's security level 2 takes for too weak, whatever the
// system's level. A refusing CONNACK counts as refused once the broker has closed the connection (MQTT 3.1.1,
// MQTT-3.2.2-5; MQTT 5.0, MQTT-3.2.2-7). If the broker keeps it open, requests its service: accepted if it answers,
// timeout with the reason "not_closed" if it stays open and silent. A server that answers the upgrade to WebSocket by
// HTTP, and does not upgrade, has closed with the reason "websocket_refused". ErrorKind::local if the client's own
// material is bad: no connection was made. ErrorKind::interrupted on a stop.
Result<ConnectionFacts> probe_connection(const Client& client, const Deadline& deadline,
                                         const TlsVersions& versions = {});

}  // namespace mqtts::wire
