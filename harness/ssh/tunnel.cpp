#include "harness/ssh/tunnel.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "harness/util/fd.h"
#include "harness/util/tcp.h"

namespace mqtts::ssh {

namespace {

constexpr std::size_t chunk = 32 << 10;  // bytes

bool would_block(ssize_t answer) { return answer < 0 && (errno == EAGAIN || errno == EINTR); }

}  // namespace

Result<std::unique_ptr<Tunnel>> Tunnel::open(Session jump, const std::string& host, std::uint16_t port,
                                             const Deadline& deadline, Fd& near) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return failure(ErrorKind::local,
                   msg("no socket can be made for the way through {where}", {{"where", jump.where()}}), {},
                   std::generic_category().message(errno));
  }
  near = Fd(ends[0]);
  std::unique_ptr<Tunnel> tunnel(new Tunnel(std::move(jump), Fd(ends[1])));
  if (auto open = tunnel->forward(host, port, deadline); !open) return tl::make_unexpected(open.error());
  tunnel->thread_ = std::thread([raw = tunnel.get()] { raw->pump(); });
  return tunnel;
}

// Ends the connection for the user of the other end and for the thread.
Tunnel::~Tunnel() {
  shutdown(far_.get(), SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
}

Result<void> Tunnel::forward(const std::string& host, std::uint16_t port, const Deadline& deadline) {
  channel_.reset(ssh_channel_new(session_.handle()));
  const int answer = session_.persevere(SSH_AGAIN, deadline, [&] {
    return ssh_channel_open_forward(channel_.get(), host.c_str(), port, "127.0.0.1", 0);
  });
  if (answer == SSH_OK) return {};
  const std::map<std::string, std::string> args = {
      {"where", session_.where()}, {"host", host}, {"port", std::to_string(port)}};
  if (answer == SSH_AGAIN) {
    return out_of_time(deadline, msg("{where} opened no way to {host} port {port} in time", args));
  }
  return failure(ErrorKind::unreachable, msg("{where} opens no way to {host} port {port}", args),
                 msg("is that machine up, seen from there, and does its SSH server allow forwarding "
                     "(AllowTcpForwarding)?"),
                 session_.last_words());
}

void Tunnel::pump() {
  while (!over_) {
    const bool came = carry_in();
    const bool went = carry_out();
    if (!came && !went && !over_) wait();
  }
  shutdown(far_.get(), SHUT_RDWR);
}

// Returns true if bytes moved.
bool Tunnel::carry_in() {
  if (inward_.empty()) {
    std::array<char, chunk> bytes{};
    const int count = ssh_channel_read_nonblocking(channel_.get(), bytes.data(), chunk, 0);
    if (count <= 0) {
      over_ = over_ || count < 0 || ssh_channel_is_eof(channel_.get()) != 0 || ssh_is_connected(session_.handle()) == 0;
      return false;
    }
    inward_.assign(bytes.data(), static_cast<std::size_t>(count));
  }
  const ssize_t sent = send(far_.get(), inward_.data(), inward_.size(), MSG_NOSIGNAL);
  if (sent > 0) inward_.erase(0, static_cast<std::size_t>(sent));
  over_ = over_ || (sent < 0 && !would_block(sent));
  return sent > 0;
}

bool Tunnel::carry_out() {
  if (outward_.empty()) {
    std::array<char, chunk> bytes{};
    const ssize_t count = recv(far_.get(), bytes.data(), chunk, 0);
    over_ = over_ || count == 0 || (count < 0 && !would_block(count));
    if (count <= 0) return false;
    outward_.assign(bytes.data(), static_cast<std::size_t>(count));
  }
  // libssh buffers what the socket does not take, so it gets no more until that is sent.
  if ((ssh_get_poll_flags(session_.handle()) & SSH_WRITE_PENDING) != 0) return false;
  const int written = ssh_channel_write(channel_.get(), outward_.data(), static_cast<std::uint32_t>(outward_.size()));
  if (written > 0) outward_.erase(0, static_cast<std::size_t>(written));
  over_ = over_ || written < 0;
  return written > 0;
}

void Tunnel::wait() {
  const bool unsent = (ssh_get_poll_flags(session_.handle()) & SSH_WRITE_PENDING) != 0;
  const auto when = [](bool wanted, short event) { return static_cast<short>(wanted ? event : 0); };
  const auto jump = static_cast<short>(when(inward_.empty(), POLLIN) | when(unsent, POLLOUT));
  const auto ours = static_cast<short>(when(outward_.empty(), POLLIN) | when(!inward_.empty(), POLLOUT));
  // A broken socket would wake poll(2) again and again, even if we wait for nothing on it.
  std::array<pollfd, 2> waiting = {pollfd{jump == 0 ? -1 : ssh_get_fd(session_.handle()), jump, 0},
                                   pollfd{far_.get(), ours, 0}};
  poll(waiting.data(), waiting.size(), -1);
  // The user of our end has gone: drops the bytes in transit.
  over_ = over_ || (waiting[1].revents & (POLLHUP | POLLERR)) != 0;
}

}  // namespace mqtts::ssh
