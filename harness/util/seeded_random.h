// Reproducible randomness: one seed always gives the same draws, which do not reveal the seed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mqtts {

// Returns 32 bytes, usable as a new seed: HMAC-SHA-256 (RFC 2104) of `label` with `seed` as its key.
std::string derive(std::string_view seed, std::string_view label);

// Returns `bytes` bytes; `label` names their purpose.
std::string draw(std::string_view seed, std::string_view label, std::size_t bytes);

// Returns 0 to `count` - 1, for a `count` of 1 to 2^24: no number is favoured by more than one in 2^40.
std::size_t draw_number(std::string_view seed, std::string_view label, std::size_t count);

}  // namespace mqtts
