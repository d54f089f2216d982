// Do the accounts that brokers come with still work?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "logins". Tries the first `most` (3) of default_credentials and up to two made-up logins. Fact
// "logins.accepted", the user names that were let in: an empty list only where the attempt's own account was let in
// before and after, and all others were refused by CONNACK; any only where made-up logins were refused before and
// after. "logins.tried": their number.
ProbeKind logins_kind();

}  // namespace mqtts::probes
