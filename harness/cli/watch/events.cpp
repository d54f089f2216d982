#include "harness/cli/watch/events.h"

#include <utility>

namespace mqtts::cli::watch {

void Mailbox::put_again() {
  const std::lock_guard lock(mutex_);
  news_.asked_again = true;
  came_.notify_one();
}

void Mailbox::put_keys_ended() {
  const std::lock_guard lock(mutex_);
  news_.keys_ended = true;
  came_.notify_one();
}

void Mailbox::put_change(const Change& change) {
  const std::lock_guard lock(mutex_);
  if (news_.change)
    news_.change->after = change.after;
  else
    news_.change = change;
  came_.notify_one();
}

void Mailbox::put_connected() {
  const std::lock_guard lock(mutex_);
  news_.connection = news_.connection || !is_connected_;
  is_connected_ = true;
  broken_.reset();
  came_.notify_one();
}

void Mailbox::put_broken(const Error& why) {
  const std::lock_guard lock(mutex_);
  news_.connection = news_.connection || !broken_;
  is_connected_ = false;
  broken_ = why;
  came_.notify_one();
}

// Waits in slices, as a signal does not wake the condition variable.
News Mailbox::take(const Deadline& deadline) {
  std::unique_lock lock(mutex_);
  while (!news_.any() && !deadline.passed()) came_.wait_for(lock, deadline.slice());
  return std::exchange(news_, {});
}

std::optional<Error> Mailbox::broken() const {
  const std::lock_guard lock(mutex_);
  return broken_;
}

}  // namespace mqtts::cli::watch
