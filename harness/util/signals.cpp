#include "harness/util/signals.h"

#include <csignal>

namespace mqtts {
namespace {

StopFlag stop{0};
static_assert(StopFlag::is_always_lock_free, "a signal handler sets it");

void remember(int number) {
  int nothing = 0;
  stop.compare_exchange_strong(nothing, number);
}

}  // namespace

const StopFlag& watch_signals() {
  struct sigaction action {};
  action.sa_handler = remember;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaction(number, &action, nullptr);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
  return stop;
}

}  // namespace mqtts
