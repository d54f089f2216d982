// Repeatable randomness: what is drawn from one seed is the same each time, and tells nothing of the seed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mqtts {

// 32 bytes that depend on both: HMAC-SHA-256 (RFC 2104) of `label` with `seed` as its key. A seed for something else.
std::string derive(std::string_view seed, std::string_view label);

// As many bytes as are wanted; `label` tells what for.
std::string draw(std::string_view seed, std::string_view label, std::size_t bytes);

// From 0 to `count` - 1, for a `count` of 1 to 2^24: none is favoured by more than one in 2^40.
std::size_t draw_number(std::string_view seed, std::string_view label, std::size_t count);

}  // namespace mqtts
