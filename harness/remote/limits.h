// How much of a file on the broker's host is read, at most.
#pragma once

#include <cstddef>

namespace mqtts::remote {

constexpr std::size_t longest_file = 64 << 10;            // bytes: keys, certificates, passwords
constexpr std::size_t longest_configuration = 256 << 10;  // bytes: the broker's files, which list users and rules

}  // namespace mqtts::remote
