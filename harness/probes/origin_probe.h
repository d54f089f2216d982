// May a page of any site speak to the broker over WebSocket?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "websocket_origin". Fact "websocket.foreign_origin_accepted": true if MQTT was spoken with a client that names a
// stranger's site as its origin (RFC 6455 section 10.2); false only if such a client was refused twice, and one that
// names none, or the broker's own, got its CONNACK before, between and after.
ProbeKind websocket_origin_kind();

}  // namespace mqtts::probes
