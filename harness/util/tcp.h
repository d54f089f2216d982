// Resolves names and opens TCP connections, each within a deadline.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/util/fd.h"

namespace mqtts {

struct SocketAddress {
  sockaddr_storage bytes{};
  socklen_t size = 0;

  int family() const { return bytes.ss_family; }
};

// The address as a number, without its port.
std::string to_text(const SocketAddress& address);

// 0 if it has none.
std::uint16_t port_of(const SocketAddress& address);

// What a socket is bound to; empty if it is not.
SocketAddress local_address(int fd);

// Empty if `text` is not an address in numbers.
std::optional<SocketAddress> numeric_address(const std::string& text, std::uint16_t port);

enum class Families {
  all,
  of_this_machine  // only those of which this machine has an address itself
};

// Returns the addresses of `name`, at least one, in the resolver's order; a number is returned as it is.
// ErrorKind::unreachable if there is none, timeout or interrupted if the resolver did not answer by `deadline`.
Result<std::vector<SocketAddress>> resolve(const std::string& name, std::uint16_t port, Families families,
                                           const Deadline& deadline);

struct TcpAttempt {
  int error = 0;  // errno of socket(2) or connect(2); ETIMEDOUT also if the deadline passed or a stop was requested
  Fd socket;      // non-blocking, TCP_NODELAY; connected if `error` is 0, and until a reset if it is ECONNRESET
  SocketAddress local{};  // what the system bound it to; empty if it has not
};

TcpAttempt open_tcp(const SocketAddress& address, const Deadline& deadline);

// Waits for `events` (poll(2)) in slices, so that a stop is noticed. Returns false once the deadline has passed.
bool wait_for(int fd, short events, const Deadline& deadline);

// Returns `deadline` as an error: ErrorKind::interrupted if a stop was requested, else ErrorKind::timeout.
tl::unexpected<Error> out_of_time(const Deadline& deadline, Message what, Message hint = {});

}  // namespace mqtts
