#include "harness/engine/traits.h"

#include <algorithm>

namespace mqtts::engine {
namespace {

constexpr std::size_t long_serial = 16;  // hexadecimal digits, 64 bits: `openssl x509 -set_serial 01` is everybody's

class Traits {
 public:
  explicit Traits(std::vector<Trait> known) {
    for (auto& trait : known) add(std::move(trait));
  }

  void add(Trait trait) {
    if (!trait.value.empty() && std::ranges::find(all, trait) == all.end()) all.push_back(std::move(trait));
  }

  void add(const std::vector<PeerCertificate>& chain) {
    if (chain.empty()) return;
    add({"server-key", chain.front().key_sha256});
    for (auto it = std::next(chain.begin()); it != chain.end(); ++it)
      if (it->subject == chain.front().issuer || it->subject == it->issuer) add({"ca-key", it->key_sha256});
    for (const auto& certificate : chain)
      if (certificate.serial.size() >= long_serial) add({"certificate-serial", certificate.serial});
  }

  std::vector<Trait> all;
};

}  // namespace

std::vector<Trait> traits_of(const TargetResult& target) {
  Traits traits(target.traits);
  for (const auto& stage : target.stages)
    for (const auto& check : stage.checks)
      if (check.observed && check.observed->tls) traits.add(check.observed->tls->chain);
  return std::move(traits.all);
}

}  // namespace mqtts::engine
