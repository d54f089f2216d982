// Once a right is taken away, does a session that subscribed before still get messages?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "revocation". The client subscribes to "topic" in a session that outlasts its connection, and leaves; the role
// "administrator" takes the right away by the order "revoke" to Mosquitto's dynamic security, and gives it back at the
// end by "grant"; the role "writer" publishes. Parameters:
//   topic     that the client may read at first
//   sentinel  another topic that it may read throughout
//   revoke    the order as dynamic security reads it on "$CONTROL/dynamic-security/v1": {"commands": […]}
//   grant     likewise
//
// Fact "revocation.delivered": true if a message that was published after the revocation came once the client was back;
// false if it did not, while the sentinel that was published after it came, or the broker had ended the session. Known
// only if a message came before the revocation, the broker has carried out the order, and a message came again once the
// right was given back. CVE-2021-34434 (Mosquitto before 2.0.12).
ProbeKind revocation_kind();

}  // namespace mqtts::probes
