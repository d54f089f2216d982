// Certificates of strangers: clients and authorities unrelated to the lab.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/model/plan.h"
#include "harness/util/openssl.h"

namespace mqtts::pki {

// Names of the lab's own certificates.
struct KnownNames {
  std::vector<NamePtr> authorities;
  std::vector<NamePtr> others;
};

// Returns the subjects of all certificates in these files; skips what cannot be read.
std::vector<NamePtr> names_in(const std::vector<std::string>& files);

// Varies the strangers by `seed`: signed by a CA of their own or by themselves, with a key of their own or one that the
// broker knows, named as in the plan or otherwise. A broker that refuses one kind alone accepts another. Returns `spec`
// unchanged if `seed` is empty. `own`: the lab's own authorities, whose certificates are no strangers.
//
// No drawn name is known, and no self-signed certificate has an authority's name: TLS libraries answer differently to
// the CA's own name. A name that the plan gives both to a lab's authority and to a stranger is intended, and stays.
MaterialsSpec with_other_strangers(MaterialsSpec spec, const std::set<std::string>& own, const KnownNames& known,
                                   const std::string& seed);

// Gives each certificate of the lab's own that has the key of a given one, and its subject in the plan, the subject
// that the given one truly has: it then differs in what the plan changes, and in nothing else. `given`: by name, in
// PEM.
MaterialsSpec with_subjects_of(const std::map<std::string, std::string>& given, MaterialsSpec spec,
                               const std::set<std::string>& own);

// Makes strangers that differ from the lab's own client only in their signer: `client` is its certificate in PEM. They
// get its subject, and their authority a key of its signer's type, RSA or EC. Unchanged are those whose subject the
// plan sets on purpose (no other certificate has it), and all if `client` cannot be read. `own` as above.
MaterialsSpec with_strangers_like(const std::string& client, MaterialsSpec spec, const std::set<std::string>& own);

}  // namespace mqtts::pki
