// Client id and keep-alive of client programs in wide use. A broker that recognised our clients by them could refuse
// these during a run, and accept all others.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/model/interfaces.h"

namespace mqtts::wire {

struct ClientProfile {
  std::string client_id;         // empty: the broker assigns one (MQTT 3.1.1 section 3.1.3.1)
  std::uint16_t keep_alive = 0;  // in seconds
};

// Returns the profile of a client program in wide use. The client's `program_seed` selects the program, so that clients
// that are compared with each other use the same one: in half of the draws Mosquitto's own clients, which send no id,
// and always these if that seed is empty. The random part of an id is drawn from the client's seed for the purpose
// `label`. An id has at least 32 random bits, so that it takes over no other client's session, and at most 23 bytes. No
// keep-alive is above 60 s, the lowest limit that brokers are set to. A client that must have an id sends 20 letters
// and digits, which every broker accepts (MQTT-3.1.3-5).
ClientProfile client_profile_of(const Client& client, std::string_view label);

}  // namespace mqtts::wire
