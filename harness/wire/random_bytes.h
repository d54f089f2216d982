// Bytes that nobody can foretell.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mqtts::wire {

// `bytes` random bytes: drawn from `seed` for what `label` says (see model/seed.h), or, where the seed is empty, from
// OpenSSL's generator, whatever the label.
std::string random_bytes(std::size_t bytes, std::string_view seed = {}, std::string_view label = {});

}  // namespace mqtts::wire
