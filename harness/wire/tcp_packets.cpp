#include "harness/wire/tcp_packets.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

namespace mqtts::wire {
namespace {

constexpr unsigned char flag_fin = 0x01;
constexpr unsigned char flag_syn = 0x02;
constexpr unsigned char flag_reset = 0x04;
constexpr unsigned char flag_push = 0x08;
constexpr unsigned char flag_ack = 0x10;

constexpr std::size_t ip4_header = 20;
constexpr std::size_t ip6_header = 40;
constexpr std::size_t tcp_header = 20;
constexpr unsigned char protocol_tcp = 6;
constexpr unsigned char hops = 64;
// A window of 1 GiB, so that no burst fills it.
constexpr std::uint16_t window = 0xffff;
constexpr std::array<unsigned char, 8> syn_options = {2, 4, 0x80, 0x00, 3, 3, 14, 1};

void put_16(Bytes& bytes, std::size_t number) {
  bytes.push_back(static_cast<unsigned char>(number >> 8));
  bytes.push_back(static_cast<unsigned char>(number));
}

void put_32(Bytes& bytes, std::uint32_t number) {
  put_16(bytes, number >> 16);
  put_16(bytes, number & 0xffff);
}

std::span<const unsigned char> ip_of(const SocketAddress& address) {
  if (address.family() == AF_INET6) {
    const auto& ip = reinterpret_cast<const sockaddr_in6&>(address.bytes).sin6_addr;
    return {reinterpret_cast<const unsigned char*>(&ip), sizeof ip};
  }
  const auto& ip = reinterpret_cast<const sockaddr_in&>(address.bytes).sin_addr;
  return {reinterpret_cast<const unsigned char*>(&ip), sizeof ip};
}

void put_bytes(Bytes& bytes, std::span<const unsigned char> more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

// RFC 1071.
std::uint16_t checksum(std::span<const unsigned char> bytes) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) sum += std::size_t{bytes[i]} << 8 | bytes[i + 1];
  if (bytes.size() % 2 != 0) sum += std::size_t{bytes.back()} << 8;
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

void set_16(Bytes& bytes, std::size_t at, std::uint16_t number) {
  bytes[at] = static_cast<unsigned char>(number >> 8);
  bytes[at + 1] = static_cast<unsigned char>(number);
}

Bytes ip_header(const SocketAddress& from, const SocketAddress& to, std::size_t payload) {
  Bytes bytes;
  if (from.family() == AF_INET6) {
    put_32(bytes, 0x60000000);
    put_16(bytes, payload);
    bytes.push_back(protocol_tcp);
    bytes.push_back(hops);
  } else {
    put_16(bytes, 0x4500);
    put_16(bytes, ip4_header + payload);
    put_32(bytes, 0x00004000);  // no identification, not to be fragmented
    bytes.push_back(hops);
    bytes.push_back(protocol_tcp);
    put_16(bytes, 0);
  }
  put_bytes(bytes, ip_of(from));
  put_bytes(bytes, ip_of(to));
  if (from.family() != AF_INET6) set_16(bytes, 10, checksum(bytes));
  return bytes;
}

// Of the segment behind a pseudo header (RFC 9293 section 3.1).
std::uint16_t tcp_checksum(const SocketAddress& from, const SocketAddress& to, std::span<const unsigned char> segment) {
  Bytes bytes;
  bytes.reserve(segment.size() + ip6_header);
  put_bytes(bytes, ip_of(from));
  put_bytes(bytes, ip_of(to));
  put_32(bytes, static_cast<std::uint32_t>(segment.size()));
  put_32(bytes, protocol_tcp);
  put_bytes(bytes, segment);
  return checksum(bytes);
}

}  // namespace

TcpPackets::TcpPackets(const TcpEnds& ends, std::uint32_t first)
    : client_{ends.client, first}, broker_{ends.broker, first + (1U << 31)} {}

Bytes TcpPackets::packet(Direction direction, unsigned char flags, std::span<const unsigned char> payload) {
  auto& from = sender(direction);
  const auto& to = sender(direction == Direction::to_broker ? Direction::to_client : Direction::to_broker);
  const bool is_syn = (flags & flag_syn) != 0;
  Bytes segment;
  put_16(segment, port_of(from.address));
  put_16(segment, port_of(to.address));
  put_32(segment, from.next);
  put_32(segment, (flags & flag_ack) != 0 ? to.next : 0);
  segment.push_back(static_cast<unsigned char>((tcp_header + (is_syn ? syn_options.size() : 0)) / 4 << 4));
  segment.push_back(flags);
  put_16(segment, (flags & flag_reset) != 0 ? 0 : window);
  put_32(segment, 0);  // checksum, urgent pointer
  if (is_syn) put_bytes(segment, syn_options);
  put_bytes(segment, payload);
  set_16(segment, 16, tcp_checksum(from.address, to.address, segment));
  from.next += static_cast<std::uint32_t>(payload.size()) + ((flags & (flag_syn | flag_fin)) != 0 ? 1 : 0);
  auto bytes = ip_header(from.address, to.address, segment.size());
  put_bytes(bytes, segment);
  return bytes;
}

Bytes TcpPackets::syn() { return packet(Direction::to_broker, flag_syn, {}); }

Bytes TcpPackets::syn_ack() {
  is_answered_ = true;
  return packet(Direction::to_client, flag_syn | flag_ack, {});
}

Bytes TcpPackets::ack() { return packet(Direction::to_broker, flag_ack, {}); }

Bytes TcpPackets::data(Direction direction, std::span<const unsigned char> payload) {
  return packet(direction, flag_push | flag_ack, payload);
}

Bytes TcpPackets::fin(Direction by) { return packet(by, flag_fin | flag_ack, {}); }

Bytes TcpPackets::reset(Direction by) {
  if (!is_answered_ && by == Direction::to_client) broker_.next = 0;  // RFC 9293 section 3.5.2
  return packet(by, flag_reset | flag_ack, {});
}

}  // namespace mqtts::wire
