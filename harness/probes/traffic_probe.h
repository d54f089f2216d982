// Kind "traffic": records its own connections while a message is delivered, and looks for the message and the password
// in what was on the wire.
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

ProbeKind traffic_kind();

}  // namespace mqtts::probes
