#include "harness/wire/tcp.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "harness/util/tcp.h"

namespace mqtts::wire {
namespace {

std::string words_of(int error) { return std::generic_category().message(error); }

void set_option(int fd, int option) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, option, &on, sizeof(on));
}

// Converts an error of connect(2). Errors of our own side (a local firewall's EPERM, no buffers) say nothing about the
// peer.
Result<TcpConnection> not_connected(int error) {
  switch (error) {
    case ECONNREFUSED: return TcpConnection{TcpOutcome::refused, "connection_refused", {}};
    case EAFNOSUPPORT:  // this machine has no IPv6
    case EADDRNOTAVAIL:
    case ENETUNREACH: return TcpConnection{TcpOutcome::refused, "network_unreachable", {}};
    case EHOSTUNREACH:
    case EHOSTDOWN: return TcpConnection{TcpOutcome::refused, "host_unreachable", {}};
    case ETIMEDOUT: return TcpConnection{TcpOutcome::timed_out, "timed_out", {}};
    default:
      return failure(ErrorKind::local, msg("This machine could not connect: {reason}", {{"reason", words_of(error)}}));
  }
}

}  // namespace

Result<TcpConnection> connect_tcp(const std::string& address, std::uint16_t port, const Deadline& deadline) {
  const auto numeric = numeric_address(address, port);
  if (!numeric) return failure(ErrorKind::local, msg("{address} is not a numeric address", {{"address", address}}));
  auto attempt = open_tcp(*numeric, deadline);
  if (attempt.error != 0 && deadline.stopped())
    return failure(ErrorKind::interrupted, msg("Stopped while connecting to {address}", {{"address", address}}));
  // A reset in answer to SYN is ECONNREFUSED. ECONNRESET comes after a listener accepted the connection: reading will
  // show the end.
  if (attempt.error != 0 && attempt.error != ECONNRESET) return not_connected(attempt.error);
  return TcpConnection{TcpOutcome::connected, {}, std::move(attempt.socket)};
}

Result<std::vector<std::string>> addresses_of(const std::string& name, const Deadline& deadline) {
  const auto found = mqtts::resolve(name, 0, Families::all, deadline);
  if (!found) return tl::make_unexpected(found.error());
  std::vector<std::string> addresses;
  for (const int family : {AF_INET, AF_INET6}) {
    for (const auto& each : *found) {
      if (each.family() != family || addresses.size() == most_addresses) continue;
      if (auto text = to_text(each); std::ranges::find(addresses, text) == addresses.end())
        addresses.push_back(std::move(text));
    }
  }
  return addresses;
}

std::vector<std::string> open_first(std::vector<std::string> addresses, const std::vector<std::uint16_t>& ports,
                                    const Deadline& deadline) {
  if (addresses.size() < 2) return addresses;
  for (const auto port : ports) {
    const auto found = std::ranges::find_if(addresses, [&](const std::string& address) {
      const auto made = connect_tcp(address, port, deadline.within(std::chrono::seconds(2)));
      return made && made->outcome == TcpOutcome::connected;
    });
    if (found == addresses.end()) continue;
    std::rotate(addresses.begin(), found, found + 1);
    break;
  }
  return addresses;
}

Io read_some(const Fd& socket, std::span<unsigned char> buffer, const Deadline& deadline) {
  for (;;) {
    set_option(socket.get(), TCP_QUICKACK);
    if (!wait_for(socket.get(), POLLIN, deadline)) return {IoOutcome::timed_out, 0, {}};
    const auto got = recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (got > 0) return {IoOutcome::done, static_cast<std::size_t>(got), {}};
    if (got == 0) return {IoOutcome::ended, 0, {}};
    if (errno != EAGAIN && errno != EINTR) return {IoOutcome::broken, 0, words_of(errno)};
  }
}

Io write_all(const Fd& socket, std::span<const unsigned char> bytes, const Deadline& deadline) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const auto put = send(socket.get(), bytes.data() + written, bytes.size() - written, MSG_NOSIGNAL);
    if (put >= 0)
      written += static_cast<std::size_t>(put);
    else if (errno != EAGAIN && errno != EINTR)
      return {IoOutcome::broken, written, words_of(errno)};
    else if (!wait_for(socket.get(), POLLOUT, deadline))
      return {IoOutcome::timed_out, written, {}};
  }
  return {IoOutcome::done, written, {}};
}

}  // namespace mqtts::wire
