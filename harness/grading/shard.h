// --shard I/N: a class spread over several machines.
#pragma once

#include <cstddef>
#include <string>

#include "harness/util/error.h"

namespace mqtts::grading {

// Which part of how many; 1 <= part <= parts.
struct Shard {
  std::size_t part = 1;
  std::size_t parts = 1;
  // Rows are dealt out like cards, so that no part has all of one group.
  bool has(std::size_t row) const { return row % parts == part - 1; }
};

// "2/5"; empty: all. ErrorKind::usage.
Result<Shard> shard_from(const std::string& text);

}  // namespace mqtts::grading
