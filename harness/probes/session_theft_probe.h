// Does another user get the messages that wait for a client, by resuming its session with its client id?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "session_theft": the client leaves a message unacknowledged in a persistent session, resumes it itself, leaves
// again, and then the role "intruder", another account, tries. "topic" is one that the client may publish to and
// subscribe to. The session is removed at the end, and ends by itself soon after under MQTT 5.
ProbeKind session_theft_kind();

}  // namespace mqtts::probes
