#include "harness/wire/tcp.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

#include "harness/util/fd.h"

namespace mqtts::wire {
namespace {

std::string words_of(int error) { return std::generic_category().message(error); }

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using AddressesPtr = std::unique_ptr<addrinfo, FreeAddresses>;

AddressesPtr look_up(const std::string& name, const std::string& port, int flags, int* error) {
  addrinfo hints{};
  hints.ai_flags = flags;
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  *error = getaddrinfo(name.c_str(), port.empty() ? nullptr : port.c_str(), &hints, &list);
  return AddressesPtr(*error == 0 ? list : nullptr);
}

// Waits for `events` in slices, so that a stop is noticed. Returns false once the deadline has passed.
bool wait_for(int fd, short events, const Deadline& deadline) {
  while (!deadline.passed()) {
    pollfd watched{fd, events, 0};
    if (poll(&watched, 1, static_cast<int>(deadline.slice().count())) > 0) return true;
  }
  return false;
}

void set_option(int fd, int option) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, option, &on, sizeof(on));
}

// Converts an error of connect(2). Errors of our own side (a local firewall's EPERM, no buffers) say nothing about the
// peer.
Result<TcpConnection> not_connected(int error) {
  switch (error) {
    case ECONNREFUSED: return TcpConnection{TcpOutcome::refused, "connection_refused", {}};
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
  int error = 0;
  const auto list = look_up(address, std::to_string(port), AI_NUMERICHOST | AI_NUMERICSERV, &error);
  if (!list) return failure(ErrorKind::local, msg("{address} is not a numeric address", {{"address", address}}));
  Fd socket(::socket(list->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  // This machine has no IPv6.
  if (socket.get() < 0 && errno == EAFNOSUPPORT) return not_connected(ENETUNREACH);
  if (socket.get() < 0)
    return failure(ErrorKind::local, msg("This machine cannot open another socket"), {}, words_of(errno));
  set_option(socket.get(), TCP_NODELAY);

  if (::connect(socket.get(), list->ai_addr, list->ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return not_connected(errno);
    if (!wait_for(socket.get(), POLLOUT, deadline)) {
      if (deadline.stopped())
        return failure(ErrorKind::interrupted, msg("Stopped while connecting to {address}", {{"address", address}}));
      return not_connected(ETIMEDOUT);
    }
    socklen_t size = sizeof(error);
    getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    // A reset in answer to SYN is ECONNREFUSED. ECONNRESET comes after a listener accepted the connection: reading will
    // show the end.
    if (error != 0 && error != ECONNRESET) return not_connected(error);
  }
  return TcpConnection{TcpOutcome::connected, {}, std::move(socket)};
}

Result<std::vector<std::string>> resolve(const std::string& name) {
  int error = 0;
  const auto list = look_up(name, {}, 0, &error);
  if (!list)
    return failure(ErrorKind::unreachable, msg("The name {name} has no address", {{"name", name}}),
                   msg("Check its spelling, or give a numeric address"), gai_strerror(error));
  std::vector<std::string> addresses;
  for (const int family : {AF_INET, AF_INET6}) {
    for (const auto* each = list.get(); each != nullptr && addresses.size() < most_addresses; each = each->ai_next) {
      if (each->ai_family != family) continue;
      char text[NI_MAXHOST] = {};
      getnameinfo(each->ai_addr, each->ai_addrlen, text, sizeof(text), nullptr, 0, NI_NUMERICHOST);
      if (std::ranges::find(addresses, text) == addresses.end()) addresses.emplace_back(text);
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
