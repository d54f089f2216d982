// Materials made for one run.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/materials.h"
#include "harness/model/plan.h"
#include "harness/pki/key_generator.h"
#include "harness/pki/mint.h"
#include "harness/util/clock.h"
#include "harness/util/openssl.h"

namespace mqtts::pki {

// How lines for people name what a run has made: by files that may be kept after it.
struct KeptNames {
  std::string folder = {};                            // as lines name it; empty: nothing is kept
  std::map<std::string, std::string> keys_on_host{};  // never kept: certificate -> where a stage puts its key there
};

KeptNames kept_names(const Plan& plan, const std::string& folder);

// The file in `folder`, without ending, for what `name` is called in the plan; empty without a folder. `more` tells
// apart what has the same name.
std::string kept_stem(const std::string& folder, const std::string& name, const std::string& more = {});

// Items that are not made: they exist already, or cannot be had, and the error says why. An authority without a key
// signs nothing: include what it would sign.
struct Provided {
  std::map<std::string, Result<Identity>> authorities;
  std::map<std::string, Result<Identity>> certificates;
  std::map<std::string, Result<Credentials>> accounts;
  // Source of the strangers' P-256 keys and serial numbers (see util/seeded_random.h): of all but what an authority in
  // hand signs, whose keys must be unique. Empty: random.
  std::string seed = {};
  std::map<std::string, Identity> stand_ins = {};  // by certificate: what issued() returns in place of a fresh one
  KeptNames names = {};
};

// Returns the authorities and certificates of `plan` in the order in which its stages first need them, an issuer before
// what it signs.
std::vector<std::string> in_order_of_need(const Plan& plan);

// Starts to make keys at construction, in the background; signs a certificate when it is first requested. An accessor
// waits only for the keys that its own item needs. It takes no deadline: a key is always ready within seconds. Makes
// only keys that an item of `spec` uses: none for what is in hand, nor for a certificate with key_of.
class MintedMaterials : public Materials {
 public:
  // `spec` has no variables. `folder` exists, has mode 0700, and holds none of our files yet: files of mode 0600 go
  // there, and the folder's creator removes them. Names in `wanted_first` that `spec` lacks are ignored.
  MintedMaterials(MaterialsSpec spec, std::string folder, const std::vector<std::string>& wanted_first,
                  Provided in_hand = {});

  Result<Identity> authority(const std::string& name) override;
  Result<Identity> certificate(const std::string& name) override;
  Result<Credentials> account(const std::string& name) override;
  // For any certificate whose authority's key is there, always with the same `like`.
  Result<Identity> forged(const std::string& name, const std::string& like) override;

  Result<Identity> issued(const std::string& name) override;
  Result<Pem> revocation_list(const std::string& issuer_name, int days) override;

  // Call before any accessor: certificates are then valid by the clock of the broker's host, too.
  void set_host_clock(ClockSkew skew) { host_clock_ = skew; }

  // Returns the time from construction to the latest key that is ready; zero if none was made.
  double minting_seconds() const { return generator_.seconds(); }

 private:
  // The first caller makes the item; only callers for the same item wait meanwhile.
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
  Result<Identity> issue(const std::string& name, const CertificateSpec& spec);
  Result<NamePtr> trusted_name(const std::string& like);
  std::string shown_key(const std::string& name) const;
  Result<CertificatePtr> certificate_of_authority(const std::string& name);
  template <class Make>
  Result<CertificatePtr> signed_by(const Identity& issuer, const Make& make);
  Result<CertificatePtr> sign(const CertificateSpec& spec, const std::string& seed, EVP_PKEY& key);
  Result<CertificatePtr> sign_itself(const CertificateSpec& spec, const std::string& seed, EVP_PKEY& key) const;
  std::string chain_above(const std::string& issuer);

  const MaterialsSpec spec_;
  const std::string folder_;
  const Provided in_hand_;
  // The maps' keys are fixed at construction, so that any thread may look up an item.
  std::map<std::string, Once<Identity>> authorities_;
  std::map<std::string, Once<Identity>> certificates_;
  std::map<std::string, Once<Identity>> forged_;
  std::map<std::string, Once<Identity>> issued_;
  ClockSkew host_clock_;
  KeyGenerator generator_;
};

}  // namespace mqtts::pki
