// Does a server of TLS 1.2 or below let a client begin a second handshake on the same connection?
#pragma once

#include <optional>
#include <string>

#include "harness/model/interfaces.h"
#include "harness/model/observation.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::wire {

struct RenegotiationFacts {
  // True: it answered with a second ServerHello. False: it refused by an alert that means it. None: neither, or the
  // first handshake was not completed.
  std::optional<bool> accepted;
  std::string version;  // of the first handshake, "TLSv1.2"; empty: it was not completed
  // How it ended, where it was not accepted; as of a connection.
  Outcome outcome{};
  By by{};
  std::optional<int> code;
  std::string reason;
  std::string detail;
};

// Completes a handshake of TLS 1.2 at most, with the client's certificate if it has one, whoever the server is, and
// asks for a second one. ErrorKind::local if the client's own material is bad: no connection was made.
// ErrorKind::interrupted on a stop.
Result<RenegotiationFacts> try_renegotiation(const Client& client, const Deadline& deadline);

}  // namespace mqtts::wire
