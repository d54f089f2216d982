// Is a user name that is almost right somebody else?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "name_variants". Logs in with the account's right password and variants of its name: letters in the other case, a
// blank after it, a blank before it. A directory (LDAP) takes them for the same person, and the broker for another user,
// whom rules by name do not know. Parameter "most": how many variants, 3 if it is left out.
//
// Facts: "name_variants.accepted", the variants that were let in, as "ALICE", "alice ", " alice"; empty only if all were
// refused as wrong logins, and the account itself was let in before and after. "name_variants.tried": how many.
ProbeKind name_variants_kind();

}  // namespace mqtts::probes
