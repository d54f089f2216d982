#include "harness/ssh/address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include "harness/util/fd.h"

namespace mqtts::ssh {

namespace {

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

struct Lookup {
  std::mutex mutex;
  std::condition_variable done;
  bool finished = false;
  int status = 0;
  Addresses addresses;
};

Addresses look_up(const std::string& host, const std::string& port, int flags, int& status) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = flags;
  addrinfo* list = nullptr;
  status = getaddrinfo(host.c_str(), port.c_str(), &wanted, &list);
  return Addresses(status == 0 ? list : nullptr);
}

// getaddrinfo(3) has no deadline: it runs on a thread that is abandoned if it takes too long.
Result<Addresses> resolve(const std::string& host, std::uint16_t port, const Deadline& deadline) {
  const std::string service = std::to_string(port);
  int status = 0;
  if (Addresses numeric = look_up(host, service, AI_NUMERICHOST | AI_NUMERICSERV, status)) return numeric;
  auto lookup = std::make_shared<Lookup>();
  std::thread([lookup, host, service] {
    int answer = 0;
    Addresses found = look_up(host, service, AI_NUMERICSERV | AI_ADDRCONFIG, answer);
    const std::lock_guard lock(lookup->mutex);
    lookup->addresses = std::move(found);
    lookup->status = answer;
    lookup->finished = true;
    lookup->done.notify_one();
  }).detach();
  std::unique_lock lock(lookup->mutex);
  while (!lookup->finished) {
    if (deadline.passed()) {
      return out_of_time(deadline, msg("the name {host} could not be resolved in time", {{"host", host}}),
                         msg("give the host's address in numbers, or look at your DNS"));
    }
    lookup->done.wait_for(lock, deadline.slice());
  }
  if (!lookup->addresses) {
    return failure(ErrorKind::unreachable, msg("the name {host} cannot be resolved", {{"host", host}}),
                   msg("check the spelling, or give the host's address in numbers"), gai_strerror(lookup->status));
  }
  return std::move(lookup->addresses);
}

std::string translator_for(int error) { return std::generic_category().message(error); }

// Returns 0, or the errno for which connecting failed; ETIMEDOUT if the deadline passed.
int finish_connecting(int socket, const Deadline& deadline) {
  pollfd waiting{socket, POLLOUT, 0};
  while (poll(&waiting, 1, static_cast<int>(deadline.slice().count())) <= 0) {
    if (deadline.passed()) return ETIMEDOUT;
  }
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

}  // namespace

tl::unexpected<Error> out_of_time(const Deadline& deadline, Message what, Message hint) {
  return failure(deadline.stopped() ? ErrorKind::interrupted : ErrorKind::timeout, std::move(what), std::move(hint));
}

Result<Fd> connect_tcp(const std::string& host, std::uint16_t port, const Deadline& deadline) {
  auto addresses = resolve(host, port, deadline);
  if (!addresses) return tl::make_unexpected(addresses.error());
  const std::string port_text = std::to_string(port);
  int error = ENOENT;
  for (const addrinfo* each = addresses->get(); each != nullptr; each = each->ai_next) {
    Fd connection(socket(each->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (connection.get() < 0) {
      error = errno;
      continue;
    }
    const int on = 1;
    setsockopt(connection.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    error = connect(connection.get(), each->ai_addr, each->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) error = finish_connecting(connection.get(), deadline);
    if (error == 0) return connection;
    if (deadline.passed()) {
      return out_of_time(deadline,
                         msg("no answer from {host} port {port} in time", {{"host", host}, {"port", port_text}}),
                         msg("is the machine up, and does a firewall drop this port?"));
    }
  }
  return failure(ErrorKind::unreachable,
                 msg("cannot connect to {host} port {port}", {{"host", host}, {"port", port_text}}),
                 msg("is the machine up, and does its SSH server listen on this port?"), translator_for(error));
}

Result<void> look_up_name(const std::string& host, const Deadline& deadline) {
  constexpr std::uint16_t any_port = 22;
  return resolve(host, any_port, deadline).map([](const auto&) {});
}

}  // namespace mqtts::ssh
