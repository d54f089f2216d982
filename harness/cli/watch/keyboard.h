// Reads the user's keys.
#pragma once

#include <termios.h>

#include <functional>
#include <thread>

#include "harness/cli/watch/events.h"

namespace mqtts::cli::watch {

// Reads `descriptor` in its own thread until `stop` is set or this object ends. A terminal delivers each key at once
// without echo, and is restored afterwards; other input uses the same characters. Enter goes to the mailbox, `q` calls
// `quit`; the end of input (also a terminal whose foreground this process is not in) is reported once.
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
