// Loopback ports that stay reserved while a broker host of ours runs.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <utility>

#include "harness/util/error.h"
#include "harness/util/fd.h"

namespace mqtts {

class LoopbackPort {
 public:
  // Takes ownership of `socket`, which is bound or will be.
  explicit LoopbackPort(int socket) : socket_(socket) {}
  int socket() const { return socket_.get(); }
  std::uint16_t number() const;

 private:
  Fd socket_;
};

// Returns a listening socket on 127.0.0.1.
Result<LoopbackPort> listen_on_loopback();

// Reserves a port on which a program that sets SO_REUSEADDR (Mosquitto does) can listen. Until then, connections are
// refused as on any closed port. The port lies outside the kernel's range for clients, since a client could hold it
// when the broker restarts; the bound socket keeps other hosts of ours off.
Result<LoopbackPort> reserve_on_loopback();

}  // namespace mqtts
