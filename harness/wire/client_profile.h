// How a client presents itself beyond what it was asked to say. A broker that knew ours by it could turn them away as
// long as they look, and let everybody else in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/model/interfaces.h"

namespace mqtts::wire {

struct ClientProfile {
  std::string client_id;         // empty: the broker gives one (MQTT 3.1.1 section 3.1.3.1)
  std::uint16_t keep_alive = 0;  // in seconds
};

// The habits of a client program in wide use. Which program is drawn from the client's `program_seed`, so that clients
// that are compared with each other differ in no habit: every second time Mosquitto's own clients, which say no id, and
// always these where that seed is empty. What is random in an id is drawn from the client's seed for what `label` says.
// An id that is one has 32 random bits at least, so that nobody else is thrown out by it, and no more than 23 bytes. No
// keep-alive is above 60 s, the lowest limit that brokers are set to. A client that must be named says 20 letters and
// digits, which every broker takes (MQTT-3.1.3-5).
ClientProfile habits_of(const Client& client, std::string_view label);

}  // namespace mqtts::wire
