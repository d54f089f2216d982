// The parts of MQTT packets, well-formed or not, for probes that say every byte; and packets read back. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/model/reasons.h"

namespace mqtts::wire {

using Bytes = std::vector<unsigned char>;

void put_uint16(Bytes& bytes, std::size_t value);
// Any bytes, which need not be UTF-8; at most 65,535.
void put_string(Bytes& bytes, std::string_view text);
// MQTT 3.1.1 section 2.2.3: 7 bits per byte, lowest first.
void put_length(Bytes& bytes, std::size_t length);

// A packet of that first byte, with the length of its body.
Bytes to_packet(unsigned char first, std::span<const unsigned char> body);

struct PublishPacket {
  std::string_view topic;
  std::string_view payload;
  int qos = 0;
  std::uint16_t id = 1;  // above QoS 0
};
Bytes encode_publish(MqttVersion version, const PublishPacket& packet);
Bytes encode_subscribe(MqttVersion version, std::string_view filter, int qos);
Bytes encode_ping();

namespace packet_kind {
constexpr int connack = 2;
constexpr int publish = 3;
constexpr int puback = 4;
constexpr int suback = 9;
constexpr int pingresp = 13;
constexpr int disconnect = 14;
}  // namespace packet_kind

struct Packet {
  unsigned char first = 0;
  Bytes body;

  int kind() const { return first >> 4; }
};

// Splits what a broker sends into packets.
class PacketReader {
 public:
  // A longer packet is not read: `too_long` from then on, unless it is cut.
  static constexpr std::size_t longest = 64UL * 1024;
  enum class Lack {
    bytes,    // more must come
    too_long  // the length is malformed, or above `longest`
  };

  void add(std::span<const unsigned char> bytes) { waiting_.insert(waiting_.end(), bytes.begin(), bytes.end()); }
  // Gives the first `longest` bytes of a longer packet's body, and passes over the rest.
  void cut_long_packets() { cuts_ = true; }
  std::variant<Packet, Lack> next();

 private:
  Bytes waiting_;
  bool cuts_ = false;
  std::size_t passed_over_ = 0;  // bytes that are still to come, and to be dropped
};

// The value of a property of MQTT 5 (section 2.2.2.2) that is a number: of one, two or four bytes. `properties` begin
// with their length. Empty if it is not there, or they are malformed.
std::optional<std::uint32_t> number_property(std::span<const unsigned char> properties, unsigned char id);

}  // namespace mqtts::wire
