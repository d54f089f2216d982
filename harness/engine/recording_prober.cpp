#include "harness/engine/recording_prober.h"

#include <algorithm>

#include "harness/engine/judge.h"

namespace mqtts::engine {
namespace {

bool is_same(const Client& a, const Client& b) {
  const auto certificate = [](const Client& client) {
    return client.identity ? client.identity->certificate.text : "";
  };
  return a.port == b.port && a.user_name == b.user_name && a.password == b.password && certificate(a) == certificate(b);
}

bool speaks(const Observation& seen) {
  return seen.outcome == Outcome::accepted || seen.outcome == Outcome::denied || seen.by == By::mqtt ||
         (seen.tls && !seen.tls->version.empty());
}

}  // namespace

std::optional<Observation> RecordingProber::known_silence(const Attempt& attempt) const {
  if (!limit_ || has_spoken(attempt.client.port)) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = silent_.find({attempt.client.address, attempt.client.port});
  if (found == silent_.end() || found->second.attempts < limit_->attempts) return std::nullopt;
  const auto same = unanswered_.find(hello_of(attempt.client));
  // A port that TCP never reaches may rightly be closed: each of its tries is a real one.
  if (attempt.expects_rejection && (same == unanswered_.end() || same->second.reason == "timed_out"))
    return std::nullopt;
  auto seen = attempt.expects_rejection ? same->second : found->second.seen;
  std::erase_if(seen.evidence, [](const Evidence& each) { return each.kind == EvidenceKind::reproduce; });
  seen.evidence.push_back(note(msg("not tried again: nothing had answered there before")));
  return seen;
}

void RecordingProber::remember_silence(const Attempt& attempt, const Observation& seen) {
  if (!limit_ || seen.outcome != Outcome::timeout || attempt.timeout < limit_->patience) return;
  const std::lock_guard lock(mutex_);
  unanswered_[hello_of(attempt.client)] = seen;
  if (attempt.expects_rejection) return;
  auto& silence = silent_[{attempt.client.address, attempt.client.port}];
  ++silence.attempts;
  silence.seen = seen;
}

RecordingProber::Hello RecordingProber::hello_of(const Client& client) {
  return {client.address, client.port, client.tls, client.mqtt};
}

Result<Observation> RecordingProber::observe(const Attempt& attempt, const Deadline& deadline) {
  if (auto silence = known_silence(attempt)) return *std::move(silence);
  auto seen = prober_.observe(attempt, deadline);
  if (seen) remember_silence(attempt, *seen);
  if (seen && speaks(*seen)) {
    const std::lock_guard lock(mutex_);
    spoken_.insert(attempt.client.port);
  }
  if (is_let_in(seen) && !was_let_in(attempt.client)) {
    const std::lock_guard lock(mutex_);
    let_in_.push_back(attempt.client);
    let_in_.back().traffic.reset();  // which ends with the attempt
  }
  return seen;
}

bool RecordingProber::was_any_let_in(const std::function<bool(const Client&)>& is_such) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(let_in_, is_such);
}

bool RecordingProber::was_let_in(const Client& client) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(let_in_, [&](const Client& other) { return is_same(client, other); });
}

bool RecordingProber::has_spoken(std::uint16_t port) const {
  const std::lock_guard lock(mutex_);
  return spoken_.contains(port);
}

bool RecordingProber::has_spoken() const {
  const std::lock_guard lock(mutex_);
  return !spoken_.empty();
}

bool is_lost_before_a_word(const Observation& seen) {
  if (seen.by == By::network && seen.reason != "not_delivered") return true;
  return seen.outcome == Outcome::closed && seen.tls && seen.tls->version.empty();
}

}  // namespace mqtts::engine
