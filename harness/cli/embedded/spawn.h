// A helper program on our side of two pipes.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "harness/model/deadline.h"
#include "harness/model/error.h"

namespace mqtts::cli {

// Owns one end of a pipe.
class PipeEnd {
 public:
  explicit PipeEnd(int fd = -1) : fd_(fd) {}
  PipeEnd(PipeEnd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  PipeEnd& operator=(PipeEnd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~PipeEnd();
  int get() const { return fd_; }

 private:
  int fd_;
};

struct Helper {
  pid_t process_id = 0;
  PipeEnd lifeline;  // its standard input; no other program that we start inherits it
  PipeEnd answer;    // its standard output
};

// Starts mqtts-embedded-host with `arguments`: it lies beside our own program, or in ../libexec/mqtts-harness, or
// where $MQTTS_HARNESS_EMBEDDED_HOST says. ErrorKind::missing_program or local.
Result<Helper> spawn_embedded_host(const std::vector<std::string>& arguments);

// Reads the one line that mqtts-embedded-host writes, and returns the path of its target file, or its own error.
Result<std::string> read_target_file(const Helper& helper, const Deadline& deadline);

// Waits for a child of ours to end. False if the deadline passed first.
bool wait_for_end(pid_t child, const Deadline& deadline);

}  // namespace mqtts::cli
