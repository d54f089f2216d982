#include "harness/cli/watch/host_watch.h"

#include <poll.h>

#include <utility>

namespace mqtts::cli::watch {
namespace {

constexpr auto look_time = std::chrono::seconds(20);  // includes a login, which has 15 s of its own

// Waits until the next poll.
void rest(const std::stop_token& end, const Deadline& deadline) {
  while (!end.stop_requested() && !deadline.passed()) poll(nullptr, 0, static_cast<int>(deadline.slice().count()));
}

}  // namespace

std::optional<Change> Quiet::saw(const remote::BrokerState& state) {
  if (!told_) {
    told_ = last_ = state;
    return std::nullopt;
  }
  const bool is_quiet = state == last_;
  last_ = state;
  if (!is_quiet || state == *told_) return std::nullopt;
  return Change{std::exchange(*told_, state), state};
}

HostWatch::HostWatch(Look look, Mailbox& mailbox, const StopFlag& stop, Clock::duration interval)
    : thread_([look = std::move(look), &mailbox, &stop, interval](const std::stop_token& end) {
        Quiet quiet;
        while (!end.stop_requested() && stop.load() == 0) {
          const auto state = look(Deadline::in(look_time, &stop));
          if (state) {
            const auto change = quiet.saw(*state);
            mailbox.put_connected();
            if (change) mailbox.put_change(*change);
          } else {
            mailbox.put_broken(state.error());
          }
          rest(end, Deadline::in(interval, &stop));
        }
      }) {}

}  // namespace mqtts::cli::watch
