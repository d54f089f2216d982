// Does this client read what the broker tells of itself?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "system_topics". The client subscribes to "$SYS/#", where most brokers tell of themselves (github.com/mqtt/mqtt.org
// wiki, "SYS-Topics"). Role "witness": another client, which does the same afterwards. No parameters.
//
// Fact "system_topics.messages": how many came to the client; 0 only if SUBACK refused, or the witness got some while the
// client, whose connection then still answers, got none. ErrorKind::missing_material where nobody was seen to get any: a
// broker may publish none. Mosquitto keeps them, and sends them right after a subscription.
ProbeKind system_topics_kind();

}  // namespace mqtts::probes
