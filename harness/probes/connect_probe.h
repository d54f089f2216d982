// Is this client let in, and if not, who says so and why?
#pragma once

#include <memory>

#include "harness/model/world.h"
#include "harness/wire/paho_client.h"

namespace mqtts::probes {

// One client at the door, seen by both witnesses.
struct Entry {
  Observation seen;
  std::unique_ptr<wire::PahoClient> paho;  // still connected; none unless accepted
};

// Our own probe first, then Paho: what Paho cannot be trusted with is kept from it (see paho_is_to_be_asked). If
// they contradict each other, both try once more; if they still do, ErrorKind::disagreement.
Result<Entry> enter(const Client& client, const Deadline& deadline);

Result<Observation> probe_connect(const Attempt& attempt, const Deadline& deadline);

}  // namespace mqtts::probes
