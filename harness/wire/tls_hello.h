// One ClientHello and its answer, byte by byte: a listener is asked for what the installed OpenSSL no longer speaks.
// Pure; hello_connection.h sends them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/wire/mqtt_packet.h"

namespace mqtts::wire {

enum class TlsVersion : std::uint16_t {
  ssl_3 = 0x0300,
  tls_1_0 = 0x0301,
  tls_1_1 = 0x0302,
  tls_1_2 = 0x0303,
  tls_1_3 = 0x0304
};

inline constexpr std::array all_tls_versions = {TlsVersion::tls_1_3, TlsVersion::tls_1_2, TlsVersion::tls_1_1,
                                                TlsVersion::tls_1_0, TlsVersion::ssl_3};

std::string_view to_string(TlsVersion version);  // as OpenSSL: "SSLv3", "TLSv1", "TLSv1.1"

struct ClientHello {
  std::vector<TlsVersion> versions;   // newest first; several only with TLS 1.3, up to that server's choice
  std::vector<std::uint16_t> suites;  // in order of preference
  std::string server_name = {};       // a host name (RFC 6066 section 3); empty: none is sent
  bool extensions = true;             // false: none, as SSL 3.0 was specified
  std::string random = {};            // 96 bytes: of the random, the session id, and the key share of X25519
};

// The record with the hello. Offers every group and signature algorithm with a number of its own, secure renegotiation
// (RFC 5746), the extended master secret (RFC 7627) and encrypt-then-MAC (RFC 7366), so that a server lacks none of
// them.
Bytes encode_client_hello(const ClientHello& hello);

struct ServerHello {
  TlsVersion version{};
  std::uint16_t suite = 0;
  bool retry = false;                 // HelloRetryRequest: it chose version and suite, and wants another key share
  bool secure_renegotiation = false;  // it answered with the extension of RFC 5746
  bool operator==(const ServerHello&) const = default;
};
struct FatalAlert {
  int number = 0;
  bool operator==(const FatalAlert&) const = default;
};
using HelloReply = std::variant<NeedMore, ServerHello, FatalAlert, Garbled>;

// A longer answer is not read to its end: a ServerHello has some hundred bytes.
constexpr std::size_t longest_hello_reply = 64UL * 1024;

// Decodes the first answer to `hello` from all the bytes received so far. Passes over alerts that are only warnings.
// Strict: a ServerHello that chooses what was not offered is Garbled, and so is an answer longer than
// longest_hello_reply.
HelloReply decode_hello_reply(const ClientHello& hello, std::span<const unsigned char> received);

}  // namespace mqtts::wire
