// A container that is a broker's machine: an SSH server on loopback, Mosquitto, and sudo.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/model/target.h"
#include "harness/targets/container/engine.h"
#include "harness/util/loopback_port.h"
#include "harness/util/process.h"

namespace mqtts::targets {

// Where the machine will be found on this machine's loopback.
struct MachinePorts {
  std::uint16_t ssh = 0;
  std::uint16_t plain = 0;
  std::uint16_t tls = 0;
};

// The arguments of `podman run`. The container has the host's network: a port that the engine publishes is answered
// by its proxy even where nothing listens, and no closed listener could be told from an open one.
std::vector<std::string> run_arguments(const std::string& name, const std::string& image, std::uint16_t ssh_port,
                                       const std::string& public_key);

// The host key, "TYPE BASE64", in the line that the machine prints once its SSH server listens; empty if it is another.
std::string host_key_in(const std::string& ready_line);

// Who logs in there: an ordinary user, who may do everything by sudo.
inline constexpr const char* login_user = "vagrant";

// The machine as a target: `folder` holds user_key and known_hosts. The broker's listeners are on loopback.
Target machine_target(const std::string& name, const MachinePorts& ports, const std::filesystem::path& folder,
                      BrokerProfile profile);

// A running machine. It lives as long as this object and no longer: when this process ends, however it ends, the pipe
// that is the container's standard input closes, by which the container ends, and its engine removes it.
class Machine {
 public:
  // Puts user_key, known_hosts and the engine's words into `folder`, which must be private and outlive the machine.
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
