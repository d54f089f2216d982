// Materials of a broker that its owner has set up.
#pragma once

#include <string>
#include <vector>

#include "harness/model/plan.h"
#include "harness/model/report.h"
#include "harness/model/target.h"
#include "harness/pki/minted_materials.h"

namespace mqtts::pki {

// Returns the lab's own material (see labs_own.h) that the checks of `plan` need of a broker as it stands and `given`
// lacks: "ca", "identities.NAME", "accounts.NAME". A named file counts as given even if it does not exist; an
// environment variable must be set.
std::vector<std::string> not_given(const Plan& plan, const MaterialSources& given);

struct GivenOptions {
  std::string seed = {};  // source of the strangers (see Provided): their names, whose keys they have, their signers
  Configuration configuration = Configuration::as_it_stands;
  std::string kept_in = {};  // see KeptNames
};

// The target supplies the lab's own material; all else is minted afresh.
//
// The target's `ca` stands for each of the lab's authorities that has no entry of its own. A certificate of theirs is
// the target's identity of that name: the first of its alternatives that is there. Where that one has expired, is not
// signed by the CA, or is unusable, the first of the others that is good stands in for it (issued()), or one that
// `ca_key` signs. If none is there at all, it is minted with that key. A stranger's certificate that the target names
// must not be signed by one of the lab's CAs, and must be in time and strong: its signer is to be all that a broker can
// refuse it for.
//
// A file that could not be fetched from the host (MaterialSources::not_there), or is unusable, counts as missing; so
// does a certificate that a client cannot use. A `ca_key` with a passphrase counts as not given. For a broker as it
// stands, all minted keys are P-256, whatever the plan says.
//
// A certificate that borrows its key (key_of) from one that the target lacks gets a fresh key.
class ProvidedMaterials : public Materials {
 public:
  // Reads the target's files at once; the accessor that needs a file returns its error. A given Pem::file is the
  // target's own path, whatever its mode. `folder` as for MintedMaterials.
  ProvidedMaterials(const Plan& expanded, const MaterialSources& given, std::string folder,
                    const GivenOptions& options = {});

  // As in MintedMaterials.
  void set_host_clock(ClockSkew skew) { materials_.set_host_clock(skew); }

  Result<Identity> authority(const std::string& name) override { return materials_.authority(name); }
  Result<Identity> certificate(const std::string& name) override { return materials_.certificate(name); }
  Result<Credentials> account(const std::string& name) override { return materials_.account(name); }
  Result<Identity> forged(const std::string& name, const std::string& like) override {
    return materials_.forged(name, like);
  }
  Result<Identity> issued(const std::string& name) override { return materials_.issued(name); }
  Result<Pem> revocation_list(const std::string& issuer_name, int days) override {
    return materials_.revocation_list(issuer_name, days);
  }

 private:
  MintedMaterials materials_;
};

}  // namespace mqtts::pki
