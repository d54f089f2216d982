#include "harness/util/tcp.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>

namespace mqtts {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

struct Found {
  std::vector<SocketAddress> addresses;
  int status = 0;  // of getaddrinfo(3)
};

Found look_up(const std::string& name, std::uint16_t port, int flags) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  Found found;
  found.status = getaddrinfo(name.c_str(), std::to_string(port).c_str(), &wanted, &list);
  if (found.status != 0) return found;
  const std::unique_ptr<addrinfo, FreeAddresses> owner(list);
  for (const auto* each = list; each != nullptr; each = each->ai_next) {
    auto& address = found.addresses.emplace_back();
    std::memcpy(&address.bytes, each->ai_addr, each->ai_addrlen);
    address.size = each->ai_addrlen;
  }
  return found;
}

struct Lookup {
  std::mutex mutex;
  std::condition_variable done;
  std::optional<Found> found;
};

}  // namespace

std::string to_text(const SocketAddress& address) {
  char text[NI_MAXHOST] = {};
  // A sockaddr_storage may be read as any sockaddr (sockaddr_storage(3type)).
  getnameinfo(reinterpret_cast<const sockaddr*>(&address.bytes), address.size, text, sizeof text, nullptr, 0,
              NI_NUMERICHOST);
  return text;
}

std::optional<SocketAddress> numeric_address(const std::string& text, std::uint16_t port) {
  const auto found = look_up(text, port, AI_NUMERICHOST);
  if (found.addresses.empty()) return std::nullopt;
  return found.addresses.front();
}

Result<std::vector<SocketAddress>> resolve(const std::string& name, std::uint16_t port, Families families,
                                           const Deadline& deadline) {
  if (auto numeric = numeric_address(name, port)) return std::vector{*numeric};
  // getaddrinfo(3) has no deadline: it runs on a thread that is abandoned if it takes too long.
  const auto lookup = std::make_shared<Lookup>();
  std::thread([lookup, name, port, families] {
    auto found = look_up(name, port, families == Families::all ? 0 : AI_ADDRCONFIG);
    const std::lock_guard lock(lookup->mutex);
    lookup->found = std::move(found);
    lookup->done.notify_one();
  }).detach();
  std::unique_lock lock(lookup->mutex);
  while (!lookup->found) {
    if (deadline.passed())
      return out_of_time(deadline, msg("the name {name} could not be resolved in time", {{"name", name}}),
                         msg("give the host's address in numbers, or look at your DNS"));
    lookup->done.wait_for(lock, deadline.slice());
  }
  if (lookup->found->addresses.empty())
    return failure(ErrorKind::unreachable, msg("the name {name} has no address", {{"name", name}}),
                   msg("check its spelling, or give the host's address in numbers"),
                   gai_strerror(lookup->found->status));
  return std::move(lookup->found->addresses);
}

SocketAddress local_address(int fd) {
  SocketAddress address;
  address.size = sizeof address.bytes;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address.bytes), &address.size) != 0) return {};
  return address;
}

std::uint16_t port_of(const SocketAddress& address) {
  if (address.family() == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address.bytes).sin_port);
  if (address.family() == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address.bytes).sin6_port);
  return 0;
}

TcpAttempt open_tcp(const SocketAddress& address, const Deadline& deadline) {
  Fd connection(socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (connection.get() < 0) return {errno, Fd{}};
  const int on = 1;
  setsockopt(connection.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  int error = 0;
  if (connect(connection.get(), reinterpret_cast<const sockaddr*>(&address.bytes), address.size) != 0) error = errno;
  const auto local = local_address(connection.get());
  if (error == EINPROGRESS) {
    if (!wait_for(connection.get(), POLLOUT, deadline)) return {ETIMEDOUT, Fd{}, local};
    socklen_t size = sizeof error;
    getsockopt(connection.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  }
  return {error, std::move(connection), local};
}

bool wait_for(int fd, short events, const Deadline& deadline) {
  while (!deadline.passed()) {
    pollfd watched{fd, events, 0};
    if (poll(&watched, 1, static_cast<int>(deadline.slice().count())) > 0) return true;
  }
  return false;
}

tl::unexpected<Error> out_of_time(const Deadline& deadline, Message what, Message hint) {
  return failure(deadline.stopped() ? ErrorKind::interrupted : ErrorKind::timeout, std::move(what), std::move(hint));
}

}  // namespace mqtts
