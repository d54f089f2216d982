// Which cipher suites does the listener accept?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "tls_ciphers": no parameters. Facts "tls.weak_ciphers", of all versions, and "tls.ciphers", of TLS 1.2.
ProbeKind tls_ciphers_kind();

}  // namespace mqtts::probes
