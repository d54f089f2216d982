// Does the broker refuse a packet that is larger than any that it should take?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "oversized_packet": a PUBLISH of "bytes" to "topic", which nobody need subscribe to.
ProbeKind oversized_packet_kind();

}  // namespace mqtts::probes
