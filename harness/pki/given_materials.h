// Materials of a broker that its owner has set up.
#pragma once

#include <string>
#include <vector>

#include "harness/model/plan.h"
#include "harness/model/target.h"
#include "harness/pki/minted_materials.h"

namespace mqtts::pki {

// Returns the lab's own material that the checks of `plan` need and `given` lacks: "ca", "identities.NAME",
// "accounts.NAME". A named file counts as given even if it does not exist; an environment variable must be set.
std::vector<std::string> not_given(const Plan& plan, const MaterialSources& given);

// For --observe. The target supplies the lab's own material; all else is minted afresh.
//
// An authority is the lab's own if a stage puts it, or a certificate that it signed, on the host; a certificate, if its
// issuer is; an account, if it is in a stage's password file. The target's `ca` stands for each of the lab's
// authorities. A certificate of theirs is the target's identity of that name, or the best of its alternatives; if no
// client can use any of them, but there is a `ca_key`, it is minted with that key.
//
// A file that could not be fetched from the host (MaterialSources::not_there), or is unusable, counts as missing; so
// does a certificate that a client cannot use. A `ca_key` with a passphrase counts as not given. All minted keys are
// P-256, whatever the plan says.
//
// A certificate that borrows its key (key_of) from one that the target lacks gets a fresh key.
class ProvidedMaterials : public Materials {
 public:
  // Reads the target's files at once; the accessor that needs a file returns its error. A given Pem::file is the
  // target's own path, whatever its mode. `folder` as for MintedMaterials.
  // `seed`: source of the strangers (see Provided), including their names, whose keys they have, and their signers.
  ProvidedMaterials(const Plan& expanded, const MaterialSources& given, std::string folder,
                    const std::string& seed = {});

  // As in MintedMaterials.
  void set_host_clock(ClockSkew skew) { materials_.set_host_clock(skew); }

  Result<Identity> authority(const std::string& name) override { return materials_.authority(name); }
  Result<Identity> certificate(const std::string& name) override { return materials_.certificate(name); }
  Result<Credentials> account(const std::string& name) override { return materials_.account(name); }
  Result<Identity> forged(const std::string& name, const std::string& like) override {
    return materials_.forged(name, like);
  }
  Result<Identity> issued(const std::string& name) override { return materials_.issued(name); }

 private:
  MintedMaterials materials_;
};

}  // namespace mqtts::pki
