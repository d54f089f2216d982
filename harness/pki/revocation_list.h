// Certificate revocation lists (RFC 5280 section 5).
#pragma once

#include <string>
#include <vector>

#include "harness/pki/mint.h"
#include "harness/util/error.h"
#include "harness/util/openssl.h"

namespace mqtts::pki {

// From a day before now, or before it was due, until the next one is due, `days` from now: by both clocks. Negative: it
// was due so long ago.
constexpr Validity list_validity(int days, ClockSkew host = {}) {
  return days < 0 ? validity_of(days - 1, 1, host) : valid_for(days, host);
}

// Makes a list in PEM, version 2, without extensions, signed by `issuer` with SHA-256, that revokes these certificates
// from its first moment on.
Result<std::string> make_revocation_list(const std::vector<CertificatePtr>& revoked, Validity validity,
                                         const Issuer& issuer);

}  // namespace mqtts::pki
