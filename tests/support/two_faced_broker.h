// Forwards each client to one of two real brokers, chosen anew for each.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>

#include "tests/support/client_hello.h"
#include "tests/support/hostile_broker.h"

namespace mqtts::test {

class TwoFacedBroker {
 public:
  // Returns the port of a broker on 127.0.0.1. Called for one client at a time.
  using Choice = std::function<std::uint16_t(const ClientHello&)>;
  explicit TwoFacedBroker(Choice choice);
  std::uint16_t port() const { return broker_.port(); }

 private:
  std::uint16_t choose(const ClientHello& hello);

  const Choice choice_;
  std::mutex mutex_;
  HostileBroker broker_;
};

// Forwards between the client and a broker on 127.0.0.1 until either closes; decrypted for a peer behind TLS. `first`
// has been read already. `passes`, of a peer without TLS: whether these bytes of the client's may pass; else the
// connection ends.
using Passes = std::function<bool(std::string_view bytes)>;
void connect_through(Peer& peer, std::uint16_t port, std::string_view first = {}, const Passes& passes = {});

}  // namespace mqtts::test
