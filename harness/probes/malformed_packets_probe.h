// Does the broker live through packets that break MQTT, and end the connections that they come on?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "malformed_packets": each row of a table on a connection of its own, before or after its login.
ProbeKind malformed_packets_kind();

}  // namespace mqtts::probes
