// Is this client let in, and if not, who says so and why?
#pragma once

#include <memory>

#include "harness/model/probe_kind.h"
#include "harness/wire/paho_client.h"

namespace mqtts::probes {

// One client at the door, seen by both witnesses.
struct Entry {
  Observation seen;
  std::unique_ptr<wire::PahoClient> paho;  // still connected; none unless both were let in
};

// Our own probe first, then Paho: what Paho cannot be trusted with is kept from it (see should_confirm_with_paho). If
// they contradict each other, both try once more after a pause. ErrorKind::disagreement if they still do, or if neither
// is let in where one has been. A client that says no id, and is refused for it, says one. Each connection has
// `timeout`.
Result<Entry> enter(const Client& client, Clock::duration timeout, const Deadline& deadline);

// The same by the programs that the attempt names, but one that is unwelcome is accepted as soon as one of them is.
// What Paho alone sees is accepted, refused by MQTT, timeout, or else closed: it does not know why.
Result<Observation> probe_connect(const Attempt& attempt, const Deadline& deadline);

// Kind "connect": no parameters.
ProbeKind connect_kind();

}  // namespace mqtts::probes
