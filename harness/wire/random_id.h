// Names that nobody else uses: two clients with one id throw each other out.
#pragma once

#include <string>

namespace mqtts::wire {

// 20 characters of [0-9a-f] after "mh", 22 in all: MQTT 3.1.1 brokers need accept no more than 23 (section
// 3.1.3.1). 80 random bits.
std::string random_client_id();

// `bytes` random bytes, from OpenSSL's generator.
std::string random_bytes(std::size_t bytes);

}  // namespace mqtts::wire
