// What a test takes for granted.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::test {

// The value, or an exception that says why there is none.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(to_english(result.error().what) + " " + result.error().detail);
  return *std::move(result);
}

// Time enough for what takes a moment, on a busy machine, too.
inline Deadline soon() { return Deadline::in(std::chrono::seconds(20)); }

}  // namespace mqtts::test
