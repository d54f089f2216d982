// Parses PEM texts into OpenSSL's objects.
#pragma once

#include <string>
#include <vector>

#include "harness/util/openssl.h"

namespace mqtts::wire {

// Returns all certificates of the text, in its order; empty if there is none.
std::vector<CertificatePtr> read_certificates(const std::string& text);

// Returns null if the text holds no private key, or one with a passphrase.
KeyPtr read_key(const std::string& text);

}  // namespace mqtts::wire
