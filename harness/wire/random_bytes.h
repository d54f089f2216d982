// Random bytes, seeded or from OpenSSL.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mqtts::wire {

// Returns `bytes` random bytes: drawn from `seed` for the purpose `label` (see util/seeded_random.h), or, if the seed
// is empty, from OpenSSL's generator, whatever the label.
std::string random_bytes(std::size_t bytes, std::string_view seed = {}, std::string_view label = {});

}  // namespace mqtts::wire
