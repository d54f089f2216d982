// Preconditions of tests.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::test {

// Returns the value, or throws an exception with the error.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(to_english(result.error().what) + " " + result.error().detail);
  return *std::move(result);
}

// A deadline for quick operations, generous for a busy machine.
inline Deadline soon() { return Deadline::in(std::chrono::seconds(20)); }

}  // namespace mqtts::test
