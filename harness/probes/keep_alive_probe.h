// Does the broker end a connection whose client has been silent for longer than its keep-alive allows?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "keep_alive": a client of "seconds" says nothing, and beside it one that pings. A broker must end the silent one
// after one and a half times its keep-alive (MQTT-3.1.2-24 of 3.1.1, 3.1.2-22 of 5.0); it is given "slack" seconds
// more.
ProbeKind keep_alive_kind();

}  // namespace mqtts::probes
