// What does the broker's host tell of the broker's protection: files, program, ports, log?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "host": no parameters, and needs SSH.
ProbeKind host_kind();

}  // namespace mqtts::probes
