#include "harness/cli/console/ask.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

namespace mqtts::cli {
namespace {

// A terminal without echo, during the life of this object.
class SilentTerminal {
 public:
  explicit SilentTerminal(const char* path) : fd_(open(path, O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    // In the background, each change of the terminal would stop this process.
    const pid_t foreground = fd_ < 0 ? -1 : tcgetpgrp(fd_);
    is_ours_ = fd_ >= 0 && (foreground < 0 || foreground == getpgrp()) && tcgetattr(fd_, &before_) == 0;
    if (!is_ours_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_ours_ = tcsetattr(fd_, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (is_ours_) tcsetattr(fd_, TCSAFLUSH, &before_);
    if (fd_ >= 0) close(fd_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  bool is_ours() const { return is_ours_; }
  int fd() const { return fd_; }
  void say(const std::string& text) const {
    [[maybe_unused]] const auto written = write(fd_, text.data(), text.size());
  }

 private:
  int fd_;
  bool is_ours_ = false;
  termios before_{};
};

}  // namespace

Result<std::string> ask_secret(const std::string& question, const Deadline& deadline, const char* terminal) {
  const SilentTerminal person(terminal);
  if (!person.is_ours()) return failure(ErrorKind::local, msg("there is no terminal to ask on"));
  person.say(question);
  std::string line;
  for (;;) {
    pollfd waiting{person.fd(), POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(deadline.slice().count())) > 0) {
      char typed = 0;
      if (read(person.fd(), &typed, 1) != 1 || typed == '\n') break;
      line += typed;
    } else if (deadline.passed()) {
      person.say("\n");
      return failure(deadline.stopped() ? ErrorKind::interrupted : ErrorKind::timeout,
                     msg("nobody answered at the terminal in time"));
    }
  }
  person.say("\n");
  return line;
}

}  // namespace mqtts::cli
