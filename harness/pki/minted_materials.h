// Materials that are made for one run.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/materials.h"
#include "harness/model/plan.h"
#include "harness/pki/key_generator.h"
#include "harness/util/clock.h"
#include "harness/util/openssl.h"

namespace mqtts::pki {

// What is not to be made: it is there already, or it cannot be had, and the error says why. An authority without
// a key signs nothing: what it would sign belongs here too.
struct Provided {
  std::map<std::string, Result<Identity>> authorities;
  std::map<std::string, Result<Identity>> certificates;
  std::map<std::string, Result<Credentials>> accounts;
  // What the P-256 keys and the serial numbers of strangers are drawn from (see model/seed.h): of all but what an
  // authority in hand signs, whose keys must be nobody else's. Empty: at random.
  std::string seed = {};
};

// The names of the authorities and certificates of `plan` in the order in which its stages first need them,
// an issuer before what it signs.
std::vector<std::string> in_order_of_need(const Plan& plan);

// Begins to make keys when it is constructed, in the background; a certificate is signed when it is first asked
// for. An accessor waits for the keys that its own item needs, and for no other. It takes no deadline: a key
// always gets ready, within seconds. Only keys that some item of `spec` uses are made: none for what is in
// hand, nor for a certificate with key_of.
class MintedMaterials : public Materials {
 public:
  // `spec` is without variables. `folder` is there, of mode 0700, and holds nothing of ours yet: files of mode
  // 0600 are put into it, and removed by whoever made the folder. A name in `wanted_first` that `spec` does
  // not know is ignored.
  MintedMaterials(MaterialsSpec spec, std::string folder, const std::vector<std::string>& wanted_first,
                  Provided in_hand = {});

  Result<Identity> authority(const std::string& name) override;
  Result<Identity> certificate(const std::string& name) override;
  Result<Credentials> account(const std::string& name) override;
  // Of any certificate but those in hand, always with the same `like`.
  Result<Identity> forged(const std::string& name, const std::string& like) override;

  // Before anything is asked for: what is signed is then valid by the clock of the broker's host, too.
  void set_host_clock(ClockSkew skew) { host_clock_ = skew; }

  // Wall time from construction until the latest key that is ready; zero if none was made.
  double minting_seconds() const { return forge_.seconds(); }

 private:
  // Made by whoever asks first; only those who ask for the same wait meanwhile.
  template <class T>
  class Once {
   public:
    template <class Make>
    const Result<T>& get(const Make& make) {
      std::call_once(flag_, [&] { made_ = make(); });
      return *made_;
    }

   private:
    std::once_flag flag_;
    std::optional<Result<T>> made_;
  };

  Result<Identity> mint_authority(const std::string& name, const AuthoritySpec& spec);
  Result<Identity> mint_certificate(const std::string& name, const CertificateSpec& spec);
  Result<Identity> forge(const std::string& name, const CertificateSpec& spec, const std::string& like);
  Result<CertificatePtr> sign(const CertificateSpec& spec, const std::string& seed, EVP_PKEY& key);

  const MaterialsSpec spec_;
  const std::string folder_;
  const Provided in_hand_;
  // Their keys are settled at construction, so that any thread may look something up.
  std::map<std::string, Once<Identity>> authorities_;
  std::map<std::string, Once<Identity>> certificates_;
  std::map<std::string, Once<Identity>> forged_;
  ClockSkew host_clock_;
  KeyGenerator forge_;
};

}  // namespace mqtts::pki
