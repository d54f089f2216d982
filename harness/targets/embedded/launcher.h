// Starts the embedded broker host, a program of its own: a private sshd and a Mosquitto on loopback.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "harness/targets/embedded/helper_process.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::targets {

struct EmbeddedOptions {
  std::vector<std::string> broker_environment;  // "NAME=VALUE", for Mosquitto only
};

// A running embedded host. It lives as long as this object and no longer: when this process ends, however it ends,
// the host ends everything that was started on it and removes its folder.
class EmbeddedHost {
 public:
  // ErrorKind::missing_program (our own helper, sshd or mosquitto), local, timeout, interrupted.
  static Result<EmbeddedHost> start(const Deadline& deadline, const EmbeddedOptions& options = {});

  EmbeddedHost(EmbeddedHost&& other) noexcept;
  EmbeddedHost& operator=(EmbeddedHost&&) = delete;
  // Lets go of the lifeline and waits, at most 5 s, until the host has cleaned up.
  ~EmbeddedHost();

  // A target file (CONTRACT section 4), absolute path.
  const std::string& target_file() const { return target_file_; }

 private:
  EmbeddedHost(Helper helper, std::string target_file);

  Helper helper_;
  std::string target_file_;
};

}  // namespace mqtts::targets
