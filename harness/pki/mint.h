// Makes keys and certificates, good and hostile, like the openssl command line.
#pragma once

#include <algorithm>
#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/plan.h"
#include "harness/util/clock.h"
#include "harness/util/error.h"
#include "harness/util/openssl.h"

namespace mqtts::pki {

// RSA 2048 takes some 0.07 s, 4096 a second, the others 0.1 ms. ErrorKind::interrupted soon after `stop` was requested.
Result<KeyPtr> make_key(KeyType type, const std::stop_token& stop = {});

// A P-256 key that depends on `seed` alone: only for keys that need no secrecy, such as a stranger's.
Result<KeyPtr> make_key_from(std::string_view seed);

// Validity period, relative to now.
struct Validity {
  std::chrono::seconds not_before;
  std::chrono::seconds not_after;
};

// From an hour before the slower clock until `days` after the faster one: valid by our clock and by the host's. openssl
// starts at this second, but the clock of a broker in a virtual machine may lag behind ours, and would then call a
// fresh certificate not yet valid.
constexpr Validity valid_for(int days, ClockSkew host = {}) {
  constexpr std::chrono::seconds now{0};
  return {std::min(now, host.least) - std::chrono::hours(1),
          std::max(now, host.most) + std::chrono::hours(24) * static_cast<std::int64_t>(days)};
}

// Begins `begins_in_days` from now, and lasts `days`. 0 begins as valid_for() does. What is to begin later or has ended
// is so by both clocks.
constexpr Validity validity_of(int begins_in_days, int days, ClockSkew host = {}) {
  if (begins_in_days == 0) return valid_for(days, host);
  constexpr std::chrono::seconds now{0};
  const auto slower = std::min(now, host.least);
  const auto faster = std::max(now, host.most);
  const auto at = [&](int day) {
    return (day < 0 ? slower : faster) + std::chrono::hours(24) * static_cast<std::int64_t>(day);
  };
  return {at(begins_in_days), at(begins_in_days + days)};
}

enum class Purpose {
  client_authentication,
  server_authentication
};

struct CertificateRequest {
  std::string subject;  // as parse_subject reads it
  Validity validity = valid_for(365);
  // subjectAltName: after "DNS:" or "IP:"; without these, IP for a numeric address, DNS for all else.
  std::vector<std::string> alternative_names = {};
  std::vector<Purpose> purposes = {};  // extendedKeyUsage
  std::string serial_seed = {};        // source of the serial number; empty: random
  // Others, by OpenSSL's number of the extension, in openssl.cnf's syntax: {NID_key_usage, "critical,keyCertSign"}.
  std::vector<std::pair<int, std::string>> extensions = {};
  SignatureDigest digest = SignatureDigest::sha256;
};

struct AuthorityRequest {
  std::string subject;
  const X509_NAME* name = nullptr;  // in place of `subject`, if there is one
  Validity validity = valid_for(365);
  std::string serial_seed = {};
  SignatureDigest digest = SignatureDigest::sha256;
};

// Borrows both for one call.
struct Issuer {
  const X509& certificate;
  EVP_PKEY& key;
};

// Makes a self-signed authority like `openssl req -new -x509 -extensions v3_ca`: X.509 v3 with basicConstraints
// critical CA:TRUE, subjectKeyIdentifier and authorityKeyIdentifier. Two calls with one subject and two keys make two
// unrelated authorities of the same name.
Result<CertificatePtr> make_authority(const std::string& subject, Validity validity, EVP_PKEY& key,
                                      const std::string& serial_seed = {});

// The same; signed by `issuer`, if there is one: an intermediate authority.
Result<CertificatePtr> make_authority(const AuthorityRequest& request, EVP_PKEY& key, const Issuer* issuer = nullptr);

// Makes a certificate for `key` like `openssl x509 -req -CA`: X.509 v1 without extensions; v3 if the request has
// extensions.
Result<CertificatePtr> make_certificate(const CertificateRequest& request, EVP_PKEY& key, const Issuer& issuer);

// The same, but the issuer's name and key need not match.
Result<CertificatePtr> make_forged(const CertificateRequest& request, EVP_PKEY& key, const X509_NAME& issuer,
                                   EVP_PKEY& issuer_key);

// The same, but self-signed.
Result<CertificatePtr> make_self_signed(const CertificateRequest& request, EVP_PKEY& key);

// All sign with the request's digest, or with SHA-256, and set a random positive serial number of 159 bits (RFC 5280
// section 4.1.2.2). ErrorKind::invalid_input for a subject or alternative name that cannot be encoded.

}  // namespace mqtts::pki
