// How those look who have nothing to do with the lab.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/model/plan.h"
#include "harness/pki/openssl.h"

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

}  // namespace mqtts::pki
