#include "tests/support/small_broker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace mqtts::test {
namespace {

constexpr auto glance_at_socket = std::chrono::milliseconds(20);

int small_broker_socket(std::uint16_t& port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || bind(fd, generic, size) != 0 || getsockname(fd, generic, &size) != 0)
    throw std::runtime_error("no free port");
  port = ntohs(address.sin_port);
  return fd;
}

// Size of the packet at the beginning; 0: it is not whole yet, or its length is malformed.
std::size_t packet_size(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t i = 1; i < bytes.size() && i < 5; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    value |= static_cast<std::size_t>(byte & 0x7f) << (7 * (i - 1));
    if ((byte & 0x80) == 0) return 1 + i + value <= bytes.size() ? 1 + i + value : 0;
  }
  return 0;
}

}  // namespace

SmallBroker::SmallBroker(SmallBrokerManners manners)
    : manners_(std::move(manners)), listener_(small_broker_socket(port_)) {
  broker_ = std::make_unique<HostileBroker>([this](Peer& peer) { serve(peer); }, listener_);
  undertaker_ = std::thread([this] { bury(); });
}

SmallBroker::~SmallBroker() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  undertaker_.join();
  broker_.reset();
  if (listener_ >= 0) close(listener_);
}

void SmallBroker::bury() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_dying_ || is_ending_; });
  if (!is_dying_) return;
  lock.unlock();
  broker_.reset();
  if (manners_.comes_back) {
    broker_ = std::make_unique<HostileBroker>([this](Peer& peer) { serve(peer); }, listener_);
  } else {
    close(listener_);
    listener_ = -1;
  }
}

bool SmallBroker::has_lost_patience(std::chrono::steady_clock::time_point since) const {
  return manners_.patience.count() > 0 && std::chrono::steady_clock::now() - since > manners_.patience;
}

struct SmallBroker::Known {
  bool is_v5 = false;
  bool has_connected = false;
  int messages = 0;
  std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
};

void SmallBroker::serve(Peer& peer) {
  std::string received;
  Known known;
  while (peer.pause(std::chrono::milliseconds(0))) {
    if (!known.has_connected && has_lost_patience(known.since)) return;
    pollfd watched{peer.fd(), POLLIN, 0};
    if (poll(&watched, 1, static_cast<int>(glance_at_socket.count())) == 0) continue;
    const auto more = peer.read_some();
    if (more.empty()) return;
    if (manners_.is_patient_with_bytes) known.since = std::chrono::steady_clock::now();
    received += more;
    if (!manners_.hangs_up_at.empty() && received.find(manners_.hangs_up_at) != std::string::npos) return;
    if (!manners_.dies_of.empty() && received.find(manners_.dies_of) != std::string::npos) {
      const std::lock_guard lock(mutex_);
      is_dying_ = true;
      changed_.notify_all();
    }
    for (auto size = packet_size(received); size > 0; size = packet_size(received)) {
      if (!answer(peer, std::string_view(received).substr(0, size), known)) return;
      received.erase(0, size);
    }
  }
}

bool SmallBroker::answer(Peer& peer, std::string_view packet, Known& known) const {
  const auto type = static_cast<unsigned char>(packet[0]) >> 4;
  const auto qos = (static_cast<unsigned char>(packet[0]) >> 1) & 3;
  switch (type) {
    case 1:
      known.has_connected = true;
      known.since = std::chrono::steady_clock::now();
      known.is_v5 = packet.size() > 8 && packet[8] == 5;
      return peer.write(known.is_v5 ? std::string("\x20\x03\0\0\0", 5) : std::string("\x20\x02\0\0", 4));
    case 8:
      return packet.size() < 4 || peer.write(known.is_v5 ? std::string{'\x90', 4, packet[2], packet[3], 0, 0}
                                                         : std::string{'\x90', 3, packet[2], packet[3], 0});
    case 12: return peer.write(std::string("\xd0\0", 2));
    case 3: break;
    default: return true;
  }
  ++known.messages;
  if (manners_.most_messages > 0 && known.messages > manners_.most_messages) return false;
  auto wait = manners_.slowness;
  if (manners_.messages_a_second > 0) {
    const auto due = known.since + std::chrono::milliseconds(1000) * known.messages / manners_.messages_a_second;
    const auto early = due - std::chrono::steady_clock::now();
    wait = std::max(wait, std::chrono::duration_cast<std::chrono::milliseconds>(early));
  }
  if (wait.count() > 0 && !peer.pause(wait)) return false;
  // Of the short messages of a flood: a length of one byte.
  const auto id = 4U + static_cast<unsigned char>(packet.size() > 3 ? packet[3] : 0);
  if (qos != 1 || packet.size() < id + 2) return true;
  return peer.write(known.is_v5 && manners_.puback != 0
                        ? std::string{'\x40', 3, packet[id], packet[id + 1], static_cast<char>(manners_.puback)}
                        : std::string{'\x40', 2, packet[id], packet[id + 1]});
}

}  // namespace mqtts::test
