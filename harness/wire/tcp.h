// One TCP connection: non-blocking, so that every wait ends at a Deadline and notices a stop. Nothing here raises
// SIGPIPE (MSG_NOSIGNAL).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/model/interfaces.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/util/fd.h"

namespace mqtts::wire {

// A socket of ours, and the record of what passes.
class Socket {
 public:
  Socket() = default;
  Socket(Fd fd, std::shared_ptr<ConnectionRecord> record = nullptr)  // NOLINT(google-explicit-constructor)
      : record_(std::move(record)), fd_(std::move(fd)) {}
  Socket(Socket&&) noexcept = default;
  Socket& operator=(Socket&& other) noexcept {
    std::swap(record_, other.record_);
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket();  // closes it, and records how

  const Fd& fd() const { return fd_; }
  int get() const { return fd_.get(); }
  ConnectionRecord* record() const { return record_.get(); }  // null: nothing is recorded

 private:
  std::shared_ptr<ConnectionRecord> record_;
  Fd fd_;
};

enum class Ending {
  close,    // close(2)
  shutdown  // shutdown(2), of our direction
};

// Records how a connection stands right before we end it: bytes that came and were not read, and who has ended it
// before us. Looks, and changes nothing.
void record_end(int fd, ConnectionRecord& record, Ending ending = Ending::close);

enum class TcpOutcome {
  connected,
  refused,
  timed_out
};

struct TcpConnection {
  TcpOutcome outcome{};
  std::string
      reason;  // refused: "connection_refused", "host_unreachable", "network_unreachable"; timed_out: "timed_out"
  Socket socket;  // connected: non-blocking, TCP_NODELAY
};

// ErrorKind::interrupted if the deadline's stop flag is set, ErrorKind::local if `address` is not numeric or
// this machine cannot open a socket.
Result<TcpConnection> connect_tcp(const std::string& address, std::uint16_t port, const Deadline& deadline,
                                  TrafficRecord* traffic = nullptr);

// The same for a client, which says where its traffic is recorded.
Result<TcpConnection> connect_tcp(const Client& client, const Deadline& deadline);

// Returns the addresses of `name` as numbers, IPv4 first, without duplicates, at most most_addresses. Includes families
// of which this machine has no address. Fails as mqtts::resolve does.
Result<std::vector<std::string>> addresses_of(const std::string& name, const Deadline& deadline);

constexpr std::size_t most_addresses = 8;

// Returns the same addresses, but first the one that accepts, as a client finds it that tries each in turn: at the
// first of the `ports` that is open on any of them. Keeps their order if none accepts, or if there is only one address.
// Ends by `deadline`.
std::vector<std::string> open_first(std::vector<std::string> addresses, const std::vector<std::uint16_t>& ports,
                                    const Deadline& deadline);

enum class IoOutcome {
  done,       // some bytes were transferred
  ended,      // read: the peer closed (FIN)
  broken,     // reset, or another error of the connection
  timed_out,  // the deadline passed; the caller checks Deadline::stopped
};

struct Io {
  IoOutcome outcome{};
  std::size_t bytes = 0;
  std::string reason;  // broken: the text of errno, "Connection reset by peer"
};

// Waits for some bytes. Sets TCP_QUICKACK first: without it, a TLS 1.3 server's answer waits some 40 ms for our delayed
// ACK.
Io read_some(const Socket& socket, std::span<unsigned char> buffer, const Deadline& deadline);
Io read_some(const Fd& socket, std::span<unsigned char> buffer, const Deadline& deadline);

// Writes all bytes.
Io write_all(const Socket& socket, std::span<const unsigned char> bytes, const Deadline& deadline);
Io write_all(const Fd& socket, std::span<const unsigned char> bytes, const Deadline& deadline);

}  // namespace mqtts::wire
