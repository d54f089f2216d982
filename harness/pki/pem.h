// Reads and writes PEM texts.
#pragma once

#include <string>
#include <vector>

#include "harness/model/materials.h"
#include "harness/util/error.h"
#include "harness/util/openssl.h"

namespace mqtts::pki {

std::string to_pem(const X509& certificate);
std::string to_pem(const EVP_PKEY& key);  // PKCS#8, not encrypted

// Parses the first certificate of `pem`. ErrorKind::local, naming `pem.file`, if there is none.
Result<CertificatePtr> parse_certificate(const Pem& pem);

// Parses all certificates of `pem`, up to the first that is broken.
std::vector<CertificatePtr> parse_certificates(const Pem& pem);

// Parses the private key of `pem`. ErrorKind::local, naming `pem.file`, if there is none or it is encrypted: nobody can
// enter a passphrase.
Result<KeyPtr> parse_key(const Pem& pem);

// Returns true if its private key has a passphrase (RFC 7468 section 11, or RFC 1421 section 4.6.1.1).
bool is_encrypted(const Pem& pem);

bool key_matches_certificate(const EVP_PKEY& key, const X509& certificate);

}  // namespace mqtts::pki
