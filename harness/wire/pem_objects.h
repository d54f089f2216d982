// PEM texts as OpenSSL's objects.
#pragma once

#include <string>
#include <vector>

#include "harness/util/openssl.h"

namespace mqtts::wire {

// All certificates of the text, in its order; empty if there is none.
std::vector<CertificatePtr> read_certificates(const std::string& text);

// Null if the text holds no private key, or one that has a passphrase.
KeyPtr read_key(const std::string& text);

}  // namespace mqtts::wire
