// The MQTT packets that a connection probe needs, of MQTT 3.1.1 and 5.0. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "harness/model/interfaces.h"
#include "harness/model/reasons.h"
#include "harness/util/error.h"
#include "harness/wire/mqtt_bytes.h"

namespace mqtts::wire {

// Our CONNECT.
struct ConnectPacket {
  MqttVersion version = MqttVersion::v3_1_1;
  std::string client_id;
  std::optional<std::string> user_name;
  std::optional<std::string> password;
  std::uint16_t keep_alive = 60;  // in seconds
  std::optional<Will> will{};
  bool clean = true;                                 // clean session (3.1.1), clean start (5.0)
  std::optional<std::uint32_t> session_expiry = {};  // in seconds, 5.0 only
};

// ErrorKind::local if MQTT cannot encode it: a string over 65,535 bytes, or a password without a user name in 3.1.1
// (MQTT-3.1.2-22).
Result<Bytes> encode_connect(const ConnectPacket& packet);

// DISCONNECT, normal; the same two bytes in both versions (MQTT 5.0 section 3.14.2.1).
Bytes encode_disconnect();

// A SUBSCRIBE to `topic`, a PUBLISH there and a PINGREQ, all of QoS 0: a broker that serves the client answers.
Bytes encode_service_request(MqttVersion version, std::string_view topic, std::string_view payload);

// A longer first packet is not read to its end: a CONNACK has some tens of bytes.
constexpr std::size_t longest_first_packet = 64UL * 1024;

struct NeedMore {
  bool operator==(const NeedMore&) const = default;
};
struct Connack {
  int code = 0;  // 0 is success. MQTT 5: 0x80 and up, or 1: an MQTT 3.1.1 broker's "unsupported protocol version"
  bool session_present = false;
  bool operator==(const Connack&) const = default;
};
struct Garbled {
  std::string why;
  bool operator==(const Garbled&) const = default;
};
using FirstPacket = std::variant<NeedMore, Connack, Garbled>;

// Decodes the first packet of a broker to a client of `version` from all the bytes received so far. Never asks for more
// than longest_first_packet bytes. Strict: anything but a CONNACK as the standard defines it is Garbled.
FirstPacket decode_first_packet(MqttVersion version, std::span<const unsigned char> received);

}  // namespace mqtts::wire
