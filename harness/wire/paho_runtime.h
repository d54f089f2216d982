// One-time setup of Paho, and a workaround for its delays.
//
// Paho 1.3.12's receiving thread waits for sockets that become *readable*: it notices a successful TCP connect only
// when something else arrives, or after 1.1 s. And when the last client of a process is destroyed, Paho ends its
// threads, which takes 0.1 s and more. So one idle client of ours stays connected to a socket of ours until the process
// ends; a PINGRESP on that socket wakes the thread.
#pragma once

#include "harness/util/error.h"

namespace mqtts::wire {

// Runs once per process; safe from any thread. Removes http_proxy, https_proxy and MQTT_C_CLIENT_TRACE from this
// process's environment: Paho would send probes through a proxy, print a trace, and has no option against either. Paho
// ignores SIGPIPE process-wide from here on. ErrorKind::local if the idle client cannot be connected.
Result<void> prepare_paho();

// Makes Paho check its sockets now, and acknowledges what they have received.
void wake_paho();

}  // namespace mqtts::wire
