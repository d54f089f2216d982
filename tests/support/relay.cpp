#include "tests/support/relay.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <list>
#include <stdexcept>
#include <vector>

namespace mqtts {

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

int new_socket() {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) throw std::runtime_error("socket");
  return made;
}

void send_at_once(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// Returns false if the peer has closed.
bool send_all(int socket, const char* bytes, ssize_t size) {
  while (size > 0) {
    const ssize_t sent = send(socket, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= sent;
  }
  return true;
}

}  // namespace

// The two ends of one connection.
struct Relay::Pair {
  std::array<int, 2> ends{};
  void close_both() const {
    for (const int end : ends) close(end);
  }
  void reset_both() const {
    const linger at_once{1, 0};
    for (const int end : ends) setsockopt(end, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close_both();
  }
};

Relay::Relay(std::uint16_t to, When when, Fault fault) : to_(to), when_(std::move(when)), fault_(std::move(fault)) {
  listener_ = new_socket();
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 16) != 0)
    throw std::runtime_error("listen");
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

Relay::~Relay() {
  ending_ = true;
  thread_.join();
  close(listener_);
}

Relay::Then Relay::before_next_piece() {
  ++pieces_;
  if (has_come_ || !when_(pieces_)) return Then::go_on;
  has_come_ = true;
  return fault_();
}

void Relay::be_silent() {
  silent_ = true;
  while (silent_ && !ending_) poll(nullptr, 0, 5);
}

void Relay::serve() {
  std::list<Pair> pairs;
  std::vector<char> bytes(64 << 10);
  while (!ending_) {
    std::vector<pollfd> waiting{{listener_, POLLIN, 0}};
    for (const auto& pair : pairs)
      for (const int end : pair.ends) waiting.push_back({end, POLLIN, 0});
    if (poll(waiting.data(), waiting.size(), 10) <= 0) continue;
    std::size_t next = 1;
    for (auto pair = pairs.begin(); pair != pairs.end() && next < waiting.size();) {
      bool lives = true;
      for (std::size_t side = 0; side < 2; ++side, ++next) {
        if (!lives || waiting[next].revents == 0) continue;
        const ssize_t size = recv(pair->ends[side], bytes.data(), bytes.size(), 0);
        const auto then = size > 0 ? before_next_piece() : Then::go_on;
        if (then == Then::silence) be_silent();
        if (then == Then::cut) pair->reset_both();
        if (then != Then::cut && (size <= 0 || !send_all(pair->ends[1 - side], bytes.data(), size)))
          pair->close_both();
        else if (then != Then::cut)
          continue;
        lives = false;
      }
      pair = lives ? std::next(pair) : pairs.erase(pair);
    }
    if (waiting[0].revents == 0) continue;
    Pair pair{{accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC), new_socket()}};
    const auto address = loopback(to_);
    if (connect(pair.ends[1], reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      pair.close_both();
      continue;
    }
    for (const int end : pair.ends) send_at_once(end);
    pairs.push_back(pair);
  }
  for (const auto& pair : pairs) pair.close_both();
}

}  // namespace mqtts
