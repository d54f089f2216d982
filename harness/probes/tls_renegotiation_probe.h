// May a client begin a second handshake on its connection?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "tls_renegotiation": no parameters. Facts "tls.client_renegotiation" and "tls.secure_renegotiation" (RFC 5746).
ProbeKind tls_renegotiation_kind();

}  // namespace mqtts::probes
