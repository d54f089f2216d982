// How those look who have nothing to do with the lab.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/model/plan.h"
#include "harness/util/openssl.h"

namespace mqtts::pki {

// What those are called who are no strangers.
struct KnownNames {
  std::vector<NamePtr> authorities;
  std::vector<NamePtr> others;
};

// The subjects of all certificates in these files; what cannot be read is left out.
std::vector<NamePtr> names_in(const std::vector<std::string>& files);

// Strangers as they come, drawn from `seed`: signed by a CA of their own or by themselves, with a key of their own or
// one that the broker knows, named as the plan says or otherwise. A broker that turns away one kind alone lets in
// another. All as the plan says if `seed` is empty. `own`: the lab's own authorities, whose certificates are no
// strangers.
//
// No name that is drawn is known, and no certificate that has signed itself bears an authority's: TLS libraries answer
// otherwise to the CA's own name. A name that the plan gives one of the lab's authorities and a stranger alike is what
// the plan asks for, and stays.
MaterialsSpec with_other_strangers(MaterialsSpec spec, const std::set<std::string>& own, const KnownNames& known,
                                   const std::string& seed);

// Strangers that differ from the lab's own client in nothing but who has signed them: `client` is its certificate in
// PEM. They bear its subject, and their authority's key is of the kind that has signed it, RSA or EC. Unchanged are
// those whose subject the plan says for a reason of its own (it is no other certificate's), and all if `client` cannot
// be read. `own` as above.
MaterialsSpec with_strangers_like(const std::string& client, MaterialsSpec spec, const std::set<std::string>& own);

}  // namespace mqtts::pki
