// Sends one ClientHello over a connection of its own and states what came back. Nothing of the handshake follows.
#pragma once

#include <optional>
#include <string>

#include "harness/model/interfaces.h"
#include "harness/model/observation.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/wire/tls_hello.h"

namespace mqtts::wire {

// `outcome` is accepted (a ServerHello came), refused (by tls_peer or the network), closed, timeout or garbled.
struct HelloAnswer {
  Outcome outcome{};
  By by{};
  std::optional<int> code;
  std::string reason;
  std::string detail;  // text of the system or our decoder about the end
  std::optional<ServerHello> hello;
};

// Sends `hello` with new random bytes, and the client's name as server name unless it is an address.
// ErrorKind::interrupted on a stop; ErrorKind::local if this machine cannot connect.
Result<HelloAnswer> say_hello(const Client& client, ClientHello hello, const Deadline& deadline);

}  // namespace mqtts::wire
