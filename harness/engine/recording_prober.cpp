#include "harness/engine/recording_prober.h"

namespace mqtts::engine {
namespace {

bool speaks(const Observation& seen) {
  return seen.outcome == Outcome::accepted || seen.outcome == Outcome::denied || seen.by == By::mqtt ||
         (seen.tls && !seen.tls->version.empty());
}

}  // namespace

Result<Observation> RecordingProber::observe(const Attempt& attempt, const Deadline& deadline) {
  auto seen = prober_.observe(attempt, deadline);
  if (seen && speaks(*seen)) {
    const std::lock_guard lock(mutex_);
    spoken_.insert(attempt.client.port);
  }
  return seen;
}

bool RecordingProber::has_spoken(std::uint16_t port) const {
  const std::lock_guard lock(mutex_);
  return spoken_.contains(port);
}

bool is_lost_before_a_word(const Observation& seen) {
  if (seen.by == By::network && seen.reason != "not_delivered") return true;
  return seen.outcome == Outcome::closed && seen.tls && seen.tls->version.empty();
}

}  // namespace mqtts::engine
