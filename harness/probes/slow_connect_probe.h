// Does the broker end a connection on which no CONNECT arrives?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "slow_connect": for "seconds", one connection says nothing, one sends its CONNECT byte after byte and never its
// last, and one to a TLS listener does not begin TLS.
ProbeKind slow_connect_kind();

}  // namespace mqtts::probes
