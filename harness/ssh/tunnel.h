// A connection through another SSH server (ssh(1)'s -J).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "harness/ssh/session.h"
#include "harness/util/fd.h"

namespace mqtts::ssh {

// Carries bytes between a local socket and a host that the jump server can reach, on its own thread, until either side
// ends or this object is destroyed. Destroy it after the session that uses the socket.
class Tunnel {
 public:
  // Sets `near` to our end, non-blocking. ErrorKind::unreachable, timeout, interrupted, or local.
  static Result<std::unique_ptr<Tunnel>> open(Session jump, const std::string& host, std::uint16_t port,
                                              const Deadline& deadline, Fd& near);
  ~Tunnel();
  Tunnel(const Tunnel&) = delete;
  Tunnel& operator=(const Tunnel&) = delete;

 private:
  Tunnel(Session jump, Fd far) : session_(std::move(jump)), far_(std::move(far)) {}
  Result<void> forward(const std::string& host, std::uint16_t port, const Deadline& deadline);
  void pump();
  bool carry_in();
  bool carry_out();
  void wait();

  Session session_;
  ChannelPtr channel_;
  Fd far_;
  bool over_ = false;    // used by the thread only, like inward_ and outward_
  std::string inward_;   // from the host to us
  std::string outward_;  // from us to the host
  std::thread thread_;
};

}  // namespace mqtts::ssh
