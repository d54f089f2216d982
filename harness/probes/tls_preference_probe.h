// Who chooses the cipher suite, the listener or the client?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "tls_preference": no parameters. Fact "tls.server_preference".
ProbeKind tls_preference_kind();

}  // namespace mqtts::probes
