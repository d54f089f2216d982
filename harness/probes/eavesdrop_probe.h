// Does another account get what this one publishes, by subscribing to everything?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "eavesdrop". The client publishes a message to a topic, to which it has subscribed itself; role "intruder" has
// subscribed to "#" and "+/#". Parameter "topic": one that the client may use; by default one of its own,
// "mqtts-harness/…".
//
// Fact "eavesdrop.heard": true if the message came to the intruder; false if the client got it, and the intruder, whose
// connection then still answers, did not, though it waited two seconds more. Not known where the client does not get its
// own message.
ProbeKind eavesdrop_kind();

}  // namespace mqtts::probes
