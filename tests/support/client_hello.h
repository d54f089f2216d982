// Parses a TLS ClientHello (RFC 8446 section 4.1.2), for brokers that choose their behaviour by it.
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

// The record with the ClientHello, without a check of the header's length; empty if the client closes before it is
// complete.
std::string read_record(Peer& peer);

// Its parts that are not random. Throws std::out_of_range if it is incomplete.
ClientHello read_client_hello(const std::string& record);

}  // namespace mqtts::test
