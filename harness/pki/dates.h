// Reads validity dates of certificates and revocation lists from foreign text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mqtts::pki {

struct Dated {
  std::string subject;          // of a certificate; the issuer of a revocation list; "/CN=broker", not escaped by us
  std::int64_t not_before = 0;  // seconds since 1970
  std::optional<std::int64_t> not_after;  // none: a revocation list without a next update
};

// Returns the dates of each X.509 certificate and revocation list among the PEM blocks of `pem`, in their order, at
// most 100; skips what cannot be read. Pure.
std::vector<Dated> dates_in(const std::string& pem);

}  // namespace mqtts::pki
