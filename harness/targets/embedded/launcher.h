// Starts the embedded broker host, a separate program: a private sshd and a Mosquitto on loopback.
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

// A running embedded host. It ends with this object: when this process ends, in any way, the host ends every process
// started on it and removes its folder.
class EmbeddedHost {
 public:
  // ErrorKind::missing_program (our helper, sshd or mosquitto), local, timeout, interrupted.
  static Result<EmbeddedHost> start(const Deadline& deadline, const EmbeddedOptions& options = {});

  EmbeddedHost(EmbeddedHost&& other) noexcept;
  EmbeddedHost& operator=(EmbeddedHost&&) = delete;
  // Closes the lifeline and waits, at most 5 s, until the host has cleaned up.
  ~EmbeddedHost();

  // Absolute path of a target file (scenarios/target.schema.json).
  const std::string& target_file() const { return target_file_; }

 private:
  EmbeddedHost(Helper helper, std::string target_file);

  Helper helper_;
  std::string target_file_;
};

}  // namespace mqtts::targets
