// Rebuilds the packets of a TCP connection from what its socket sent and received. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "harness/model/traffic.h"
#include "harness/wire/mqtt_bytes.h"

namespace mqtts::wire {

// IPv4 or IPv6, as the ends are, with sequence numbers, acknowledgements and checksums that a dissector takes for right
// (RFC 9293). Each packet acknowledges all that the other side has sent before.
class TcpPackets {
 public:
  // Bytes of one packet; the caller cuts longer ones.
  static constexpr std::size_t most_payload = 32UL * 1024;

  // `first` is the client's first sequence number.
  TcpPackets(const TcpEnds& ends, std::uint32_t first);

  Bytes syn();
  Bytes syn_ack();
  Bytes ack();  // the client's, to the one before
  Bytes data(Direction direction, std::span<const unsigned char> payload);
  Bytes fin(Direction by);
  Bytes reset(Direction by);

 private:
  struct Side {
    SocketAddress address;
    std::uint32_t next = 0;  // sequence number
  };
  Side& sender(Direction direction) { return direction == Direction::to_broker ? client_ : broker_; }
  Bytes packet(Direction direction, unsigned char flags, std::span<const unsigned char> payload);

  Side client_;
  Side broker_;
  bool is_answered_ = false;
};

}  // namespace mqtts::wire
