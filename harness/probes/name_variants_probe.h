// Is a user name that is almost right somebody else?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "name_variants". Logs in with the account's right password and variants of its name: letters in the other case, a
// blank after it, a blank before it. A directory (LDAP) takes them for the same person, and the broker for another user,
// whom rules by name do not know. Parameters: "most", how many variants, 3 if it is left out; "topic", one that this account alone
// may use.
//
// Facts: "name_variants.accepted", the variants that were let in as other users, which may not use the topic, as "ALICE",
// "alice ", " alice"; empty only if all were refused as wrong logins, and the account itself was let in before and after.
// "name_variants.tried": how many. ErrorKind::missing_material if one is let in, and perhaps as the same user (ejabberd
// folds a name to lower case).
ProbeKind name_variants_kind();

}  // namespace mqtts::probes
