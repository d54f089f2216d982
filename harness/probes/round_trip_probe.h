// Does what this client publishes reach a reader, and intact?
#pragma once

#include "harness/model/world.h"

namespace mqtts::probes {

// The reader (the client itself, if none is given) subscribes to the topic, the client publishes a random payload there
// with QoS 1, and the payload comes back. Accepted then; refused or closed as the broker said it to client or
// reader; garbled by the broker if it came back altered; timeout if it did not come back: only a sentinel,
// which this probe has not, could call that denied. Other messages on the topic are ignored.
Result<Observation> probe_round_trip(const Attempt& attempt, const Deadline& deadline);

}  // namespace mqtts::probes
