// The clock of another machine, compared with ours.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace mqtts {

// Lead of the other clock over ours, as bounds: it reports whole seconds, at some moment between a question and its
// answer. Negative: it is behind.
struct ClockSkew {
  std::chrono::seconds least{0};
  std::chrono::seconds most{0};

  // The certain part of the skew; 0 if the clocks may agree.
  std::chrono::seconds off() const {
    if (least.count() > 0) return least;
    return std::min(most, std::chrono::seconds(0));
  }
  bool operator==(const ClockSkew&) const = default;
};

// All in seconds since 1970: the other clock's time, and our times of the question and of the answer.
inline ClockSkew skew_of(std::int64_t there, std::int64_t asked, std::int64_t answered) {
  return {std::chrono::seconds(there - answered), std::chrono::seconds(there + 1 - asked)};
}

}  // namespace mqtts
