#include "harness/cli/watch/keyboard.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace mqtts::cli::watch {
namespace {

constexpr int slice = 50;  // milliseconds

void read_keys(const std::stop_token& end, int descriptor, Mailbox& mailbox, const std::function<void()>& quit,
               const StopFlag& stop) {
  while (!end.stop_requested() && stop.load() == 0) {
    pollfd waiting{descriptor, POLLIN, 0};
    if (poll(&waiting, 1, slice) <= 0) continue;
    std::array<char, 256> typed{};
    const auto count = read(descriptor, typed.data(), typed.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return mailbox.put_keys_ended();
    const std::string_view keys(typed.data(), static_cast<std::size_t>(count));
    if (keys.find_first_of("\r\n") != std::string_view::npos) mailbox.put_again();
    if (keys.find_first_of("qQ") != std::string_view::npos) quit();
  }
}

// In the background, reading or changing the terminal would stop this process.
bool is_ours(int descriptor) {
  const pid_t foreground = tcgetpgrp(descriptor);
  return foreground < 0 || foreground == getpgrp();
}

}  // namespace

Keyboard::Keyboard(int descriptor, Mailbox& mailbox, std::function<void()> quit, const StopFlag& stop)
    : descriptor_(descriptor) {
  if (!is_ours(descriptor)) {
    mailbox.put_keys_ended();
    return;
  }
  if (tcgetattr(descriptor, &before_) == 0) {
    termios keys = before_;
    keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    is_changed_ = tcsetattr(descriptor, TCSANOW, &keys) == 0;
  }
  thread_ = std::jthread([descriptor, &mailbox, quit = std::move(quit), &stop](const std::stop_token& end) {
    read_keys(end, descriptor, mailbox, quit, stop);
  });
}

Keyboard::~Keyboard() {
  if (is_changed_) tcsetattr(descriptor_, TCSANOW, &before_);
}

}  // namespace mqtts::cli::watch
