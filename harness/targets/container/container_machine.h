// A container that acts as the broker's machine: an SSH server on loopback, Mosquitto, and sudo.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/model/target.h"
#include "harness/targets/container/engine.h"
#include "harness/util/loopback_port.h"
#include "harness/util/process.h"

namespace mqtts::targets {

// The machine's ports on this machine's loopback.
struct MachinePorts {
  std::uint16_t ssh = 0;
  std::uint16_t plain = 0;
  std::uint16_t tls = 0;
};

// The arguments of `podman run`. The container uses the host's network: a port that the engine publishes is answered by
// its proxy even if nothing listens, so that a closed listener would look open.
std::vector<std::string> run_arguments(const std::string& name, const std::string& image, std::uint16_t ssh_port,
                                       const std::string& public_key);

// Returns the host key, "TYPE BASE64", in the line printed once the SSH server listens; empty for any other line.
std::string host_key_in(const std::string& ready_line);

// Login name: an ordinary user with full sudo rights.
inline constexpr const char* login_user = "vagrant";

// The machine as a target: `folder` holds user_key and known_hosts. The broker listens on loopback.
Target machine_target(const std::string& name, const MachinePorts& ports, const std::filesystem::path& folder,
                      BrokerProfile profile);

// A running machine. It ends with this object: when this process ends, in any way, the pipe to the container's standard
// input closes, the container ends, and its engine removes it.
class Machine {
 public:
  // Writes user_key, known_hosts and the engine's output to `folder`, which must be private and outlive the machine.
  // ErrorKind::local (the container does not start), timeout, interrupted.
  static Result<Machine> start(const Engine& engine, const std::string& image, const std::filesystem::path& folder,
                               const Deadline& deadline);

  Machine(Machine&& other) noexcept;
  Machine& operator=(Machine&&) = delete;
  // Ends the container and waits until it is removed.
  ~Machine();

  MachinePorts ports() const;

 private:
  Machine(Engine engine, LoopbackPort ssh, LoopbackPort plain, LoopbackPort tls);

  Engine engine_;
  LoopbackPort ssh_, plain_, tls_;
  std::string name_;
  Helper helper_;
};

}  // namespace mqtts::targets
