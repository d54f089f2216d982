// The first thing that a TLS client says (RFC 8446 section 4.1.2), for brokers that choose whom to serve by it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/hostile_broker.h"

namespace mqtts::test {

struct ClientHello {
  std::string ciphers;
  std::vector<std::pair<std::size_t, std::string>> extensions;  // type and contents, in order
  bool operator==(const ClientHello&) const = default;

  bool offers_tls_1_0() const;
};

// The record that it comes in, without its header's promise being checked; empty if the client leaves before it is
// whole.
std::string read_record(Peer& peer);

// What is not random of it. Throws std::out_of_range if it is not whole.
ClientHello read_client_hello(const std::string& record);

}  // namespace mqtts::test
