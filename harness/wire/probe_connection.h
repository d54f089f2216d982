// The witness that knows why: TCP, TLS, CONNECT, and the first packet that comes back.
#pragma once

#include <optional>
#include <string>

#include "harness/model/interfaces.h"
#include "harness/model/observation.h"
#include "harness/util/deadline.h"
#include "harness/wire/tls.h"

namespace mqtts::wire {

// What one connection came to. `outcome` is accepted, refused, closed, timeout or garbled.
struct ConnectionFacts {
  Outcome outcome{};
  By by{};
  std::optional<int> code;
  std::string reason;
  std::optional<TlsFacts> tls;
  std::string detail;  // what OpenSSL, the system or our decoder say of the end; may be hostile text
  double seconds = 0;
  TlsOffer offer{};  // what our ClientHello offered
};

// Makes one connection as a client program in wide use makes it, and leaves with DISCONNECT if it was let in
// and has no will. One that
// ends in TLS for what our offer lacks is made again with everything offered, and that one counts; a certificate that
// OpenSSL's security level 2 takes for too weak is refused by a client that is `strict`, whatever the system's level.
// A refusing CONNACK counts as refused once the broker has closed the connection (MQTT 3.1.1, MQTT-3.2.2-5; MQTT 5.0,
// MQTT-3.2.2-7). One that keeps it open is asked for its service: accepted if it answers, timeout with the reason
// "not_closed" if it stays open and silent.
// ErrorKind::local if the client's own material is bad: nothing was connected to. ErrorKind::interrupted on a stop.
Result<ConnectionFacts> probe_connection(const Client& client, const Deadline& deadline,
                                         const TlsVersions& versions = {});

}  // namespace mqtts::wire
