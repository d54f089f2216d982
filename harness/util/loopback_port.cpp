#include "harness/util/loopback_port.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <fstream>
#include <random>
#include <system_error>

namespace mqtts {

namespace {

constexpr int attempts = 200;
constexpr std::uint16_t lowest = 10240;
constexpr std::uint16_t any = 0;

// Returns 0, or the errno of bind(2).
int bind_to(int socket, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
}

LoopbackPort new_socket() { return LoopbackPort(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

std::uint16_t first_client_port() {
  std::ifstream range("/proc/sys/net/ipv4/ip_local_port_range");
  std::uint16_t first = 0;
  range >> first;
  return first;
}

tl::unexpected<Error> no_port(int error) {
  return failure(ErrorKind::local, msg("there is no free port on 127.0.0.1"), {},
                 std::generic_category().message(error));
}

}  // namespace

std::uint16_t LoopbackPort::number() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

Result<LoopbackPort> listen_on_loopback() {
  LoopbackPort port = new_socket();
  if (const int error = bind_to(port.socket(), any); error != 0) return no_port(error);
  if (listen(port.socket(), SOMAXCONN) != 0) return no_port(errno);
  return port;
}

Result<LoopbackPort> reserve_on_loopback() {
  std::random_device random;
  const std::uint16_t end = first_client_port();
  const bool has_room = end > lowest + attempts;
  int error = 0;
  for (int i = 0; i < attempts; ++i) {
    LoopbackPort port = new_socket();
    // Without SO_REUSEADDR it fails if another socket is bound there.
    error = bind_to(port.socket(), has_room ? static_cast<std::uint16_t>(lowest + random() % (end - lowest)) : any);
    if (error != 0) continue;
    const int on = 1;
    setsockopt(port.socket(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return port;
  }
  return no_port(error);
}

}  // namespace mqtts
