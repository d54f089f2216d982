// Does what this client publishes reach a reader, and intact?
#pragma once

#include "harness/model/interfaces.h"

namespace mqtts::probes {

// The reader subscribes to the topic, the client publishes a random payload there, both with QoS 0 as the lab's clients
// do, and the payload comes back. Where no reader is given the client is its own, on one connection. Accepted then;
// refused or closed as the broker said it to client or reader; garbled by the broker if it came back altered; timeout
// with the reason "not_delivered" if it did not come back: only a sentinel, which this probe has not, could call that
// denied. Other messages on the topic are ignored.
Result<Observation> probe_round_trip(const Attempt& attempt, const Deadline& deadline);

}  // namespace mqtts::probes
