// Cipher suites of TLS by number and name, also those that the installed OpenSSL no longer has.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mqtts::wire {

struct CipherSuite {
  std::uint16_t number = 0;
  std::string_view name;  // of the IANA registry "TLS Cipher Suites"
};

// Of SSL 3.0 to TLS 1.2, by number, with those of expired drafts that servers had (EXPORT1024, GOST). Lacks
// TLS_NULL_WITH_NULL_NULL, which no server may choose (RFC 5246 section A.5).
std::span<const CipherSuite> suites_to_tls_1_2();
// Those of TLS 1.3 have numbers of their own (RFC 8446 section B.4).
std::span<const CipherSuite> suites_of_tls_1_3();

// True if it does not encrypt (NULL), does not authenticate the server (anon), or encrypts or signs by what is broken
// or too short: EXPORT, RC4, DES, 3DES, IDEA, RC2, MD5 (RFC 9325 section 4.1; RC4: RFC 7465; DES and IDEA: RFC 5469;
// 3DES: CVE-2016-2183).
bool is_weak(const CipherSuite& suite);

// The name; "0xC0FF" if it is in neither table.
std::string suite_name(std::uint16_t number);

// What the installed OpenSSL calls it, "ECDHE-RSA-AES128-SHA"; empty if it does not have it.
std::string openssl_suite_name(std::uint16_t number);

}  // namespace mqtts::wire
