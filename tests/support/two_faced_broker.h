// Stands before two real brokers, and chooses anew for each client which of them it meets.
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
  // The port of a broker on 127.0.0.1. Called with one client at a time.
  using Choice = std::function<std::uint16_t(const ClientHello&)>;
  explicit TwoFacedBroker(Choice choice);
  std::uint16_t port() const { return broker_.port(); }

 private:
  std::uint16_t choose(const ClientHello& hello);

  const Choice choice_;
  std::mutex mutex_;
  HostileBroker broker_;
};

// What comes and goes between the client and a broker on 127.0.0.1, until either of them leaves; of a peer behind TLS,
// decrypted. `first` has been read.
void connect_through(Peer& peer, std::uint16_t port, std::string_view first = {});

}  // namespace mqtts::test
