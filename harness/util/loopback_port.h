// Loopback ports that nobody else takes while a broker host of ours lives.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <utility>

#include "harness/util/error.h"
#include "harness/util/fd.h"

namespace mqtts {

class LoopbackPort {
 public:
  // Owns `socket`, which is bound or about to be.
  explicit LoopbackPort(int socket) : socket_(socket) {}
  int socket() const { return socket_.get(); }
  std::uint16_t number() const;

 private:
  Fd socket_;
};

// A listening socket on 127.0.0.1.
Result<LoopbackPort> listen_on_loopback();

// A port on which a program that sets SO_REUSEADDR (Mosquitto does) can listen. Until it does, connections are
// refused as on any closed port. It lies outside the range from which the kernel takes ports for clients, one of
// which might else sit on it when the broker restarts; and the bound socket keeps other hosts of ours off.
Result<LoopbackPort> reserve_on_loopback();

}  // namespace mqtts
