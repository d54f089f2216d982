// --shard I/N: spreads a class over several machines.
#pragma once

#include <cstddef>
#include <string>

#include "harness/util/error.h"

namespace mqtts::grading {

// One part of several; 1 <= part <= parts.
struct Shard {
  std::size_t part = 1;
  std::size_t parts = 1;
  // Assigns rows round-robin, so that no part has all of one group.
  bool has(std::size_t row) const { return row % parts == part - 1; }
};

// Parses "2/5"; empty: all. ErrorKind::usage.
Result<Shard> shard_from(const std::string& text);

}  // namespace mqtts::grading
