// Which versions of SSL and TLS does the listener accept?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "tls_versions": no parameters. Facts "tls.versions" and "tls.old_versions" (SSL 3.0, TLS 1.0 and 1.1, RFC 8996).
ProbeKind tls_versions_kind();

}  // namespace mqtts::probes
