#include "harness/wire/tcp.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
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

// What connect(2) came to, as a capture shows it: a reset in answer to SYN, or nothing.
void record_connect(ConnectionRecord& record, int error) {
  if (error == 0 || error == ECONNRESET) record.connected();
  if (error == ECONNREFUSED || error == ECONNRESET) record.ended(Direction::to_client, TcpEnd::reset);
}

constexpr std::size_t most_unread = 64UL * 1024;

// Returns their number.
int record_unread(int fd, ConnectionRecord& record) {
  int unread = 0;
  if (ioctl(fd, FIONREAD, &unread) != 0 || unread <= 0) return 0;
  std::vector<unsigned char> bytes(std::min(static_cast<std::size_t>(unread), most_unread));
  const auto got = recv(fd, bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
  if (got > 0) record.data(Direction::to_client, std::span(bytes).first(static_cast<std::size_t>(got)));
  if (got < unread) record.has_gap();
  return unread;
}

// The peer's FIN is the end of what can be read; a reset is an error there.
TcpEnd end_of_closed(int fd) {
  unsigned char byte = 0;
  return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 ? TcpEnd::reset : TcpEnd::fin;
}

}  // namespace

void record_end(int fd, ConnectionRecord& record, Ending ending) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || info.tcpi_state == TCP_SYN_SENT) return;
  if (info.tcpi_state != TCP_CLOSE) record.connected();
  const auto unread = record_unread(fd, record);
  switch (info.tcpi_state) {
    case TCP_CLOSE: return record.ended(Direction::to_client, end_of_closed(fd));
    case TCP_CLOSE_WAIT:
    case TCP_LAST_ACK:
    case TCP_CLOSING: record.ended(Direction::to_client, TcpEnd::fin); break;
    default: break;
  }
  // RFC 2525 section 2.17: who closes with bytes unread resets.
  record.ended(Direction::to_broker, ending == Ending::close && unread > 0 ? TcpEnd::reset : TcpEnd::fin);
}

Socket::~Socket() {
  if (record_ && fd_.get() >= 0) record_end(fd_.get(), *record_);
}

Result<TcpConnection> connect_tcp(const Client& client, const Deadline& deadline) {
  return connect_tcp(client.address, client.port, deadline, client.traffic.get());
}

Result<TcpConnection> connect_tcp(const std::string& address, std::uint16_t port, const Deadline& deadline,
                                  TrafficRecord* traffic) {
  const auto numeric = numeric_address(address, port);
  if (!numeric) return failure(ErrorKind::local, msg("{address} is not a numeric address", {{"address", address}}));
  const auto start = WallClock::now();
  auto attempt = open_tcp(*numeric, deadline);
  std::shared_ptr<ConnectionRecord> record;
  if (traffic != nullptr && attempt.local.size != 0) {
    record = traffic->opened({attempt.local, *numeric}, start, "probe");
    record_connect(*record, attempt.error);
  }
  if (attempt.error != 0 && deadline.stopped())
    return failure(ErrorKind::interrupted, msg("Stopped while connecting to {address}", {{"address", address}}));
  // A reset in answer to SYN is ECONNREFUSED. ECONNRESET comes after a listener accepted the connection: reading will
  // show the end.
  if (attempt.error != 0 && attempt.error != ECONNRESET) return not_connected(attempt.error);
  return TcpConnection{TcpOutcome::connected, {}, {std::move(attempt.socket), std::move(record)}};
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

Io read_some(const Socket& socket, std::span<unsigned char> buffer, const Deadline& deadline) {
  auto io = read_some(socket.fd(), buffer, deadline);
  if (socket.record() == nullptr) return io;
  switch (io.outcome) {
    case IoOutcome::done: socket.record()->data(Direction::to_client, buffer.first(io.bytes)); break;
    case IoOutcome::ended: socket.record()->ended(Direction::to_client, TcpEnd::fin); break;
    case IoOutcome::broken: socket.record()->ended(Direction::to_client, TcpEnd::reset); break;
    case IoOutcome::timed_out: break;
  }
  return io;
}

Io write_all(const Socket& socket, std::span<const unsigned char> bytes, const Deadline& deadline) {
  auto io = write_all(socket.fd(), bytes, deadline);
  if (socket.record() != nullptr && io.bytes > 0) socket.record()->data(Direction::to_broker, bytes.first(io.bytes));
  // EPIPE and ECONNRESET alike.
  if (socket.record() != nullptr && io.outcome == IoOutcome::broken)
    socket.record()->ended(Direction::to_client, TcpEnd::reset);
  return io;
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
