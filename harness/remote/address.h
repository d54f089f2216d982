// From a host's name to a connected socket, within a deadline.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/model/deadline.h"
#include "harness/model/error.h"

namespace mqtts::remote {

// Owns a file descriptor.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// `deadline` as an error: ErrorKind::interrupted if a stop was asked for, else ErrorKind::timeout.
tl::unexpected<Error> out_of_time(const Deadline& deadline, Message what, Message hint = {});

// A connected, non-blocking TCP socket with TCP_NODELAY. A name is resolved to numbers first, and each of them is
// tried in turn. ErrorKind::unreachable, timeout or interrupted.
Result<Fd> connect_tcp(const std::string& host, std::uint16_t port, const Deadline& deadline);

// Whether the name has an address, as connect_tcp would look it up. ErrorKind::unreachable, timeout or interrupted.
Result<void> look_up_name(const std::string& host, const Deadline& deadline);

}  // namespace mqtts::remote
