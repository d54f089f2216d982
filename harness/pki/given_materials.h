// Materials of a broker that somebody else has set up.
#pragma once

#include <string>
#include <vector>

#include "harness/model/plan.h"
#include "harness/model/target.h"
#include "harness/pki/minted_materials.h"

namespace mqtts::pki {

// What the checks of `plan` need of the lab's own material and nobody gives: "ca", "identities.NAME", "accounts.NAME".
// A file that is named and is not there is given, in this sense; a variable of the environment must be set.
std::vector<std::string> not_given(const Plan& plan, const MaterialSources& given);

// For --observe. The lab's own material comes from the target, all else is minted afresh.
//
// An authority is the lab's own if some stage puts it, or what it has signed, on the host; a certificate, if
// its issuer is; an account, if it is in some stage's password file. The target's `ca` stands for each of the
// lab's authorities. A certificate of theirs is the target's identity of that name, or the best of its
// alternatives; where there is none that a client can use, but a `ca_key`, it is minted with that key.
//
// What was to come from the broker's host and did not (ProvidedMaterials::not_there) is missing for that reason, and
// what came from there and is no good is missing, too; so is a certificate that a client cannot use. A `ca_key` that
// has a passphrase is one that was not given. Whatever is minted has a P-256 key, whatever the plan says.
//
// A certificate that borrows its key (key_of) from one that the target was to give and did not gets a fresh key.
class ProvidedMaterials : public Materials {
 public:
  // Reads the target's files at once; an error is told by the accessor that needs the file. A given Pem::file is
  // the target's own path, whatever its mode. `folder` as for MintedMaterials.
  // `seed`: what strangers are drawn from (see Provided): also their names, whose key they have, and who has signed
  // them.
  ProvidedMaterials(const Plan& expanded, const MaterialSources& given, std::string folder,
                    const std::string& seed = {});

  // As that of MintedMaterials.
  void set_host_clock(ClockSkew skew) { materials_.set_host_clock(skew); }

  Result<Identity> authority(const std::string& name) override { return materials_.authority(name); }
  Result<Identity> certificate(const std::string& name) override { return materials_.certificate(name); }
  Result<Credentials> account(const std::string& name) override { return materials_.account(name); }
  Result<Identity> forged(const std::string& name, const std::string& like) override {
    return materials_.forged(name, like);
  }

 private:
  MintedMaterials materials_;
};

}  // namespace mqtts::pki
