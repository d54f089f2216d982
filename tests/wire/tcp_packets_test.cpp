#include "harness/wire/tcp_packets.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/util/tcp.h"

namespace mqtts::wire {
namespace {

TcpEnds ends_of(const std::string& client, const std::string& broker) {
  return {*numeric_address(client, 40000), *numeric_address(broker, 8883)};
}

std::size_t number(const Bytes& bytes, std::size_t at, std::size_t size) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes.at(at + i);
  return value;
}

// RFC 1071: over what includes its checksum the sum is all ones.
std::size_t sum_of(const Bytes& bytes) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += std::size_t{bytes[i]} << (i % 2 == 0 ? 8 : 0);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

Bytes with_pseudo_header(const Bytes& packet, std::size_t header, std::size_t addresses, std::size_t size) {
  Bytes bytes(packet.begin() + static_cast<std::ptrdiff_t>(addresses),
              packet.begin() + static_cast<std::ptrdiff_t>(addresses + size));
  bytes.insert(bytes.end(), {static_cast<unsigned char>((packet.size() - header) >> 8),
                             static_cast<unsigned char>(packet.size() - header), 0, 6});
  bytes.insert(bytes.end(), packet.begin() + static_cast<std::ptrdiff_t>(header), packet.end());
  return bytes;
}

TEST(TcpPackets, number_what_both_sides_send) {
  TcpPackets packets(ends_of("127.0.0.1", "127.0.0.2"), 1000);
  const auto syn = packets.syn();
  EXPECT_EQ(number(syn, 20, 2), 40000u);
  EXPECT_EQ(number(syn, 22, 2), 8883u);
  EXPECT_EQ(number(syn, 24, 4), 1000u);
  const auto answer = packets.syn_ack();
  EXPECT_EQ(number(answer, 28, 4), 1001u);
  const auto broker = number(answer, 24, 4);
  EXPECT_EQ(number(packets.ack(), 28, 4), broker + 1);
  const std::vector<unsigned char> payload(5, 'x');
  EXPECT_EQ(number(packets.data(Direction::to_broker, payload), 24, 4), 1001u);
  const auto reply = packets.data(Direction::to_client, payload);
  EXPECT_EQ(number(reply, 24, 4), broker + 1);
  EXPECT_EQ(number(reply, 28, 4), 1006u);
  EXPECT_EQ(number(packets.fin(Direction::to_broker), 28, 4), broker + 6);
  EXPECT_EQ(number(packets.fin(Direction::to_client), 28, 4), 1007u);
}

TEST(TcpPackets, have_right_checksums) {
  for (const std::size_t size : {0UL, 1UL, 2UL, 999UL}) {
    const std::vector<unsigned char> payload(size, 0xa5);
    TcpPackets four(ends_of("192.0.2.1", "198.51.100.7"), 7);
    const auto packet = four.data(Direction::to_broker, payload);
    EXPECT_EQ(sum_of(Bytes(packet.begin(), packet.begin() + 20)), 0xffffu);
    EXPECT_EQ(sum_of(with_pseudo_header(packet, 20, 12, 8)), 0xffffu) << size;
    TcpPackets six(ends_of("2001:db8::1", "2001:db8::2"), 7);
    EXPECT_EQ(sum_of(with_pseudo_header(six.data(Direction::to_client, payload), 40, 8, 32)), 0xffffu) << size;
  }
}

TEST(TcpPackets, refuse_with_a_reset_that_answers_the_syn) {
  TcpPackets packets(ends_of("127.0.0.1", "127.0.0.1"), 1000);
  packets.syn();
  const auto reset = packets.reset(Direction::to_client);
  EXPECT_EQ(number(reset, 20, 2), 8883u);
  EXPECT_EQ(number(reset, 24, 4), 0u);
  EXPECT_EQ(number(reset, 28, 4), 1001u);
  EXPECT_EQ(reset.at(33), 0x14);
}

}  // namespace
}  // namespace mqtts::wire
