#include "tests/support/two_faced_broker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace mqtts::test {
namespace {

// How soon the end of the two-faced broker is noticed.
constexpr int a_moment = 20;  // ms

class Upstream {
 public:
  explicit Upstream(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    is_connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Upstream() { close(fd_); }
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;
  int fd() const { return fd_; }
  bool is_connected() const { return is_connected_; }

 private:
  const int fd_;
  bool is_connected_ = false;
};

bool send_whole(int to, std::string_view bytes) {
  return send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

// Returns false once `from` has closed.
bool hand_on(int from, int to, const Passes& passes = {}) {
  std::array<char, 16384> buffer{};
  const auto got = recv(from, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
  return (!passes || passes(bytes)) && send_whole(to, bytes);
}

bool decrypt(Peer& from, int to) {
  do {
    const auto bytes = from.read_some();
    if (bytes.empty() || !send_whole(to, bytes)) return false;
  } while (SSL_pending(from.ssl()) > 0);
  return true;
}

bool encrypt(int from, Peer& to) {
  std::array<char, 16384> buffer{};
  const auto got = recv(from, buffer.data(), buffer.size(), 0);
  return got > 0 && to.write({buffer.data(), static_cast<std::size_t>(got)});
}

}  // namespace

void connect_through(Peer& peer, std::uint16_t port, std::string_view first, const Passes& passes) {
  const Upstream upstream(port);
  const bool is_tls = peer.ssl() != nullptr;
  if (!upstream.is_connected() || !send_whole(upstream.fd(), first)) return;
  for (;;) {
    std::array<pollfd, 2> watched = {pollfd{peer.fd(), POLLIN, 0}, {upstream.fd(), POLLIN, 0}};
    poll(watched.data(), watched.size(), a_moment);
    if (!peer.pause(std::chrono::milliseconds(0))) return;
    if (watched[0].revents != 0 &&
        !(is_tls ? decrypt(peer, upstream.fd()) : hand_on(peer.fd(), upstream.fd(), passes)))
      return;
    if (watched[1].revents != 0 && !(is_tls ? encrypt(upstream.fd(), peer) : hand_on(upstream.fd(), peer.fd()))) return;
  }
}

TwoFacedBroker::TwoFacedBroker(Choice choice)
    : choice_(std::move(choice)), broker_([this](Peer& peer) {
        if (const auto record = read_record(peer); !record.empty())
          connect_through(peer, choose(read_client_hello(record)), record);
      }) {}

std::uint16_t TwoFacedBroker::choose(const ClientHello& hello) {
  const std::lock_guard lock(mutex_);
  return choice_(hello);
}

}  // namespace mqtts::test
