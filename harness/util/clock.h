// Another machine's clock beside ours.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace mqtts {

// How far it is ahead of ours, at least and at most: it tells whole seconds, at some moment between a question and its
// answer. Negative: behind.
struct ClockSkew {
  std::chrono::seconds least{0};
  std::chrono::seconds most{0};

  // What is certain of it; 0 if they may agree.
  std::chrono::seconds off() const {
    if (least.count() > 0) return least;
    return std::min(most, std::chrono::seconds(0));
  }
  bool operator==(const ClockSkew&) const = default;
};

// All in seconds since 1970: what it told, and when by our clock it was asked and had answered.
inline ClockSkew skew_of(std::int64_t there, std::int64_t asked, std::int64_t answered) {
  return {std::chrono::seconds(there - answered), std::chrono::seconds(there + 1 - asked)};
}

}  // namespace mqtts
