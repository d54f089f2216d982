// Polls the broker's host every two seconds, and reports a change once the state is stable again.
#pragma once

#include <functional>
#include <optional>
#include <thread>

#include "harness/cli/watch/events.h"

namespace mqtts::cli::watch {

// People save, and then restart: a change is reported after two equal states in a row. Pure.
class Quiet {
 public:
  // Returns the change since the last reported (or the first) state, if this state confirms it.
  std::optional<Change> saw(const remote::BrokerState& state);

 private:
  std::optional<remote::BrokerState> told_;
  remote::BrokerState last_;
};

using Look = std::function<Result<remote::BrokerState>(const Deadline& deadline)>;

// Polls in its own thread until `stop` is set or this object ends; it ends as soon as a poll returns. Reports a failed
// poll to the mailbox once, and retries without limit.
class HostWatch {
 public:
  HostWatch(Look look, Mailbox& mailbox, const StopFlag& stop, Clock::duration interval = std::chrono::seconds(2));

 private:
  std::jthread thread_;
};

}  // namespace mqtts::cli::watch
