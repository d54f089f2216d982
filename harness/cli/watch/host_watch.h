// Looks at the broker's host every other second, and tells when something there has changed and is quiet again.
#pragma once

#include <functional>
#include <optional>
#include <thread>

#include "harness/cli/watch/events.h"

namespace mqtts::cli::watch {

// People save, and then restart: a change is told once two looks in a row have seen the same. Pure.
class Quiet {
 public:
  // The change since the last one that was told (or since the first look), if this look makes it sure.
  std::optional<Change> saw(const remote::BrokerState& state);

 private:
  std::optional<remote::BrokerState> told_;
  remote::BrokerState last_;
};

using Look = std::function<Result<remote::BrokerState>(const Deadline& deadline)>;

// Lives in a thread of its own until `stop` is set or this object ends; then it is gone as soon as a look returns. A
// look that fails is told to the mailbox once, and tried again for as long as it takes.
class HostWatch {
 public:
  HostWatch(Look look, Mailbox& mailbox, const StopFlag& stop, Clock::duration interval = std::chrono::seconds(2));

 private:
  std::jthread thread_;
};

}  // namespace mqtts::cli::watch
