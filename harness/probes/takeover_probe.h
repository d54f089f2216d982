// Can another user throw a client out by logging in with its client id?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "takeover": the role "intruder" is another account.
ProbeKind takeover_kind();

}  // namespace mqtts::probes
