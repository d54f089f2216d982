// Does the broker let a client in while many connections are held open that never log in?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "connection_flood": "connections" over TCP, without a byte of TLS or MQTT; for who may load the broker.
ProbeKind connection_flood_kind();

}  // namespace mqtts::probes
