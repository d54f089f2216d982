// Does the broker refuse characters that MQTT forbids or discourages?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "code_points": characters of a table in topics, filters, client ids and user names, each on a connection of its
// own, where the same with a harmless character is taken.
ProbeKind code_points_kind();

}  // namespace mqtts::probes
