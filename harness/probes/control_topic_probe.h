// Does the broker take orders from this client?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "control_topic". The client gives Mosquitto's dynamic security an order by a message to
// "$CONTROL/dynamic-security/v1" (mosquitto.org/documentation/dynamic-security). Role "administrator": another client,
// whose orders the broker carries out. No parameters. With an administrator the order makes a role without rights, which
// the administrator looks for, and takes away again: a client that may not read the answers may be obeyed all the same.
// Without one the order changes nothing.
//
// Fact "control.answered": true if the broker has carried out the client's order; false if PUBACK refused it (MQTT 5.0),
// or if the administrator, who is obeyed before and after, sees that nothing was made. ErrorKind::missing_material otherwise: the broker may have no
// such interface.
ProbeKind control_topic_kind();

}  // namespace mqtts::probes
