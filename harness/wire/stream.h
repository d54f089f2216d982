// The stream of a connection probe, plain TCP or TLS, and the ways it ends.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "harness/util/deadline.h"
#include "harness/wire/tcp.h"

namespace mqtts::wire {

enum class StepOutcome {
  done,
  alert_received,  // TLS: fatal, from the peer; `alert` is its number
  self_refused,    // TLS: our side refused; `verify_error` is the X509_V_ERR_* number, else `alert` is what we sent
  garbled,         // TLS: the peer's bytes are not TLS; `alert` is what we sent, if any
  closed,          // FIN, RST or close_notify, and no fatal alert before it
  timed_out,       // the deadline passed, or a stop was requested
};

struct Step {
  StepOutcome outcome{};
  std::size_t bytes = 0;  // read: their number
  std::optional<int> alert;
  std::optional<int> verify_error;
  std::string detail;  // for evidence: text of OpenSSL or the system
};

class Stream {
 public:
  virtual ~Stream() = default;
  // Waits for some bytes.
  virtual Step read(std::span<unsigned char> buffer, const Deadline& deadline) = 0;
  // Reports no failure: after a failed write the reason may still be there to read.
  virtual void write(std::span<const unsigned char> bytes, const Deadline& deadline) = 0;
  // Announces the end; the destructor closes the socket.
  virtual void finish(const Deadline& deadline) = 0;
};

class PlainStream : public Stream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {}
  Step read(std::span<unsigned char> buffer, const Deadline& deadline) override;
  void write(std::span<const unsigned char> bytes, const Deadline& deadline) override;
  void finish(const Deadline&) override {}

 private:
  Socket socket_;
};

// Converts an Io to a Step: ended and broken are both `closed`.
Step step_of(const Io& io);

}  // namespace mqtts::wire
