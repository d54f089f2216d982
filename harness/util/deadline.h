// A deadline for every wait; a stop request ends the wait early.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace mqtts {

using Clock = std::chrono::steady_clock;

// Set by a signal; read by every wait. Lock-free, so a signal handler may set it.
using StopFlag = std::atomic<int>;  // 0, or the number of the signal

class Deadline {
 public:
  Deadline(Clock::time_point at, const StopFlag* stop) : at_(at), stop_(stop) {}

  static Deadline in(Clock::duration span, const StopFlag* stop = nullptr) { return {Clock::now() + span, stop}; }

  // Returns the earlier of this deadline and `span` from now, with the same stop flag.
  Deadline within(Clock::duration span) const { return {std::min(at_, Clock::now() + span), stop_}; }

  bool stopped() const { return stop_ != nullptr && stop_->load(std::memory_order_relaxed) != 0; }
  bool passed() const { return stopped() || Clock::now() >= at_; }
  Clock::time_point at() const { return at_; }

  // Never negative; zero once the deadline has passed or a stop was requested.
  std::chrono::milliseconds remaining() const {
    if (stopped()) return std::chrono::milliseconds::zero();
    return std::max(std::chrono::milliseconds::zero(),
                    std::chrono::ceil<std::chrono::milliseconds>(at_ - Clock::now()));
  }

  // Longest time for one poll(2) before the next check of the stop flag: at most 50 ms.
  std::chrono::milliseconds slice() const { return std::min(remaining(), std::chrono::milliseconds(50)); }

 private:
  Clock::time_point at_;
  const StopFlag* stop_;
};

// Waits for `span`, or until the deadline passes or a stop is requested.
inline void pause_for(Clock::duration span, const Deadline& deadline) {
  const auto end = deadline.within(span);
  while (!end.passed()) std::this_thread::sleep_for(end.slice());
}

inline Clock::duration seconds(double count) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(count));
}

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace mqtts
