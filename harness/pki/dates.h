// When certificates and revocation lists hold, read from text that somebody else has written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mqtts::pki {

struct Dated {
  std::string subject;          // of a certificate; the issuer of a revocation list; "/CN=broker", not escaped by us
  std::int64_t not_before = 0;  // seconds since 1970
  std::optional<std::int64_t> not_after;  // none: a revocation list that names no next update
};

// Of each X.509 certificate and revocation list among the PEM blocks of `pem`, in their order, at most 100; what
// cannot be read is left out. Pure.
std::vector<Dated> dates_in(const std::string& pem);

}  // namespace mqtts::pki
