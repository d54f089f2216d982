// The CAs in a file, and whose certificates are theirs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/materials.h"
#include "harness/util/openssl.h"

namespace mqtts::pki {

// Holds nothing if the file is unusable.
class CaBundle {
 public:
  explicit CaBundle(const std::string& file);

  bool empty() const { return cas_.empty(); }

  // Returns the number, from 0, of the CA that has signed the certificate, or one of those that follow it in its file
  // and lead to it; of CAs that have signed one another, the lowest. Dates and purposes do not matter. None: no CA has.
  std::optional<std::size_t> signer_of(const Identity& identity) const;

 private:
  std::vector<CertificatePtr> cas_;
  std::vector<std::size_t> family_;  // by CA: the lowest number of those that belong together
};

}  // namespace mqtts::pki
