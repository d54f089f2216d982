// Names that nobody else uses: two clients with one id throw each other out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mqtts::wire {

// `bytes` random bytes: drawn from `seed` for what `label` says (see model/seed.h), or, where the seed is empty, from
// OpenSSL's generator, whatever the label.
std::string random_bytes(std::size_t bytes, std::string_view seed = {}, std::string_view label = {});

// 20 characters of [0-9a-f] after "mh", 22 in all: MQTT 3.1.1 brokers need accept no more than 23 (section
// 3.1.3.1). 80 random bits.
std::string random_client_id(std::string_view seed = {}, std::string_view label = {});

}  // namespace mqtts::wire
