// Passes events from the watching threads to the command's thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "harness/remote/broker_state.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::cli::watch {

// A change from one stable state of the broker to another.
struct Change {
  remote::BrokerState before;
  remote::BrokerState after;
};

struct News {
  bool asked_again = false;  // Enter
  bool keys_ended = false;   // the keyboard input has ended
  bool connection = false;   // it broke, or was restored
  std::optional<Change> change;

  bool any() const { return asked_again || keys_ended || connection || change; }
};

// Thread-safe.
class Mailbox {
 public:
  void put_again();
  void put_keys_ended();
  void put_change(const Change& change);  // changes not yet taken are merged
  void put_connected();
  void put_broken(const Error& why);

  // Waits for news and takes all of it; empty once the deadline has passed.
  News take(const Deadline& deadline);

  // Why the broker's host does not answer; none if it does.
  std::optional<Error> broken() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable came_;
  News news_;
  std::optional<Error> broken_;
  bool is_connected_ = false;
};

}  // namespace mqtts::cli::watch
