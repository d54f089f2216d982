// SHA-256, hexadecimal digits and base64.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

struct x509_st;

namespace mqtts {

// Two lower-case hexadecimal digits per byte.
std::string to_hex(std::string_view bytes);
std::string to_hex(const unsigned char* bytes, std::size_t size);

// SHA-256 (FIPS 180-4), as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

// Digests of a certificate's DER, and of its whole SubjectPublicKeyInfo (RFC 5280, 4.1) as sent: X509_pubkey_digest
// omits the algorithm. Empty if OpenSSL cannot encode it.
std::string sha256_of_certificate(const x509_st& certificate);
std::string sha256_of_public_key(const x509_st& certificate);

// RFC 4648, section 4, without line breaks.
std::string to_base64(std::string_view bytes);

}  // namespace mqtts
