// What happens while somebody watches, from the threads that notice it to the one that acts on it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "harness/remote/broker_state.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::cli::watch {

// From one quiet state of the broker to another.
struct Change {
  remote::BrokerState before;
  remote::BrokerState after;
};

struct News {
  bool asked_again = false;  // Enter
  bool keys_ended = false;   // nothing more comes from the keyboard
  bool connection = false;   // it has broken, or is there again
  std::optional<Change> change;

  bool any() const { return asked_again || keys_ended || connection || change; }
};

// Safe from any thread.
class Mailbox {
 public:
  void put_again();
  void put_keys_ended();
  void put_change(const Change& change);  // several that nobody has taken become one
  void put_state(const remote::BrokerState& state);
  void put_broken(const Error& why);

  // All that there is, as soon as there is some; nothing once the deadline has passed.
  News take(const Deadline& deadline);

  // Of the last answer; none before the first.
  std::optional<remote::BrokerState> state() const;
  // Why the broker's host does not answer; none if it does.
  std::optional<Error> broken() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable came_;
  News news_;
  std::optional<remote::BrokerState> state_;
  std::optional<Error> broken_;
  bool is_connected_ = false;
};

}  // namespace mqtts::cli::watch
