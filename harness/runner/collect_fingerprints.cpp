#include "harness/runner/collect_fingerprints.h"

#include <algorithm>

namespace mqtts::runner {
namespace {

constexpr std::size_t long_serial = 16;  // hexadecimal digits, 64 bits: many people use `openssl x509 -set_serial 01`

class Traits {
 public:
  explicit Traits(std::vector<Fingerprint> known) {
    for (auto& fingerprint : known) add(std::move(fingerprint));
  }

  void add(Fingerprint fingerprint) {
    if (!fingerprint.value.empty() && std::ranges::find(all, fingerprint) == all.end())
      all.push_back(std::move(fingerprint));
  }

  void add(const std::vector<PeerCertificate>& chain) {
    if (chain.empty()) return;
    const auto& server = chain.front();
    add({FingerprintKind::server_key, server.key_sha256});
    if (server.issuer_key_sha256 != server.key_sha256) add({FingerprintKind::ca_key, server.issuer_key_sha256});
    for (const auto& certificate : chain)
      if (is_own(certificate, server) && certificate.serial.size() >= long_serial)
        add({FingerprintKind::certificate_serial, certificate.serial});
  }

  std::vector<Fingerprint> all;

 private:
  // Any other certificate that a server sends proves nothing: appending another student's would make that one a copy.
  static bool is_own(const PeerCertificate& certificate, const PeerCertificate& server) {
    return &certificate == &server || certificate.key_sha256 == server.issuer_key_sha256;
  }
};

}  // namespace

std::vector<Fingerprint> fingerprints_of(const TargetResult& target) {
  Traits fingerprints(target.fingerprints);
  for (const auto& stage : target.stages)
    for (const auto& check : stage.checks)
      if (check.observed && check.observed->tls) fingerprints.add(check.observed->tls->chain);
  return std::move(fingerprints.all);
}

}  // namespace mqtts::runner
