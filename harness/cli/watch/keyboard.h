// The keys of the person who watches.
#pragma once

#include <termios.h>

#include <functional>
#include <thread>

#include "harness/cli/watch/events.h"

namespace mqtts::cli::watch {

// Reads `descriptor` in a thread of its own until `stop` is set or this object ends. A terminal gives each key at once
// and shows none, and is as it was afterwards; of anything else the same signs count. Enter goes to the mailbox, `q`
// calls `quit`; the end of what can be read (also a terminal in whose foreground we are not) is told once.
class Keyboard {
 public:
  Keyboard(int descriptor, Mailbox& mailbox, std::function<void()> quit, const StopFlag& stop);
  ~Keyboard();
  Keyboard(const Keyboard&) = delete;
  Keyboard& operator=(const Keyboard&) = delete;

 private:
  const int descriptor_;
  bool is_changed_ = false;
  termios before_{};
  std::jthread thread_;
};

}  // namespace mqtts::cli::watch
