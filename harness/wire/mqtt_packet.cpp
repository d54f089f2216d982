#include "harness/wire/mqtt_packet.h"

#include <array>
#include <utility>

#include "harness/util/digest.h"
#include "harness/util/seeded_random.h"

namespace mqtts::wire {
namespace {

constexpr std::size_t longest_string = 65'535;  // MQTT 3.1.1 section 1.5.3

namespace packet_type {
constexpr unsigned char connect = 0x10;
constexpr unsigned char connack = 0x20;
constexpr unsigned char publish = 0x30;
constexpr unsigned char subscribe = 0x82;
constexpr unsigned char ping = 0xc0;
constexpr unsigned char disconnect = 0xe0;
}  // namespace packet_type

namespace connect_flag {
constexpr unsigned char clean = 0x02;
constexpr unsigned char will = 0x04;
constexpr int will_qos_shift = 3;
constexpr unsigned char will_retain = 0x20;
constexpr unsigned char password = 0x40;
constexpr unsigned char user_name = 0x80;
}  // namespace connect_flag

constexpr unsigned char session_expiry_property = 0x11;  // MQTT 5.0 section 3.1.2.11.2

constexpr std::array<std::string_view, 16> packet_names = {
    "a reserved packet", "CONNECT", "CONNACK",     "PUBLISH",  "PUBACK",  "PUBREC",   "PUBREL",     "PUBCOMP",
    "SUBSCRIBE",         "SUBACK",  "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH"};

struct Length {
  std::size_t value = 0;
  std::size_t bytes = 0;  // that it took; 0: incomplete
  bool too_long = false;  // a fifth byte would follow
};

Length read_length(std::span<const unsigned char> bytes) {
  Length length;
  for (std::size_t i = 0; i < bytes.size() && i < 4; ++i) {
    length.value |= static_cast<std::size_t>(bytes[i] & 0x7f) << (7 * i);
    if ((bytes[i] & 0x80) == 0) {
      length.bytes = i + 1;
      return length;
    }
  }
  length.too_long = bytes.size() >= 4;
  return length;
}

std::string hex_byte(unsigned char byte) {
  const char bytes[] = {static_cast<char>(byte)};
  return "0x" + to_hex({bytes, 1});
}

FirstPacket read_connack(MqttVersion version, std::span<const unsigned char> body) {
  const auto code = body[1];
  if (body[0] > 1) return Garbled{"reserved bits of CONNACK's flags are set: " + hex_byte(body[0])};
  const bool session_present = body[0] == 1;
  // MQTT-3.2.2-4 (3.1.1), MQTT-3.2.2-6 (5.0).
  if (session_present && code != 0) return Garbled{"CONNACK refuses and speaks of a stored session"};
  if (version == MqttVersion::v3_1_1) {
    if (body.size() != 2) return Garbled{"a CONNACK of MQTT 3.1.1 has 2 bytes, not " + std::to_string(body.size())};
    return Connack{code, session_present};
  }
  // A broker that supports only MQTT 3.1.1 refuses in that format (MQTT 3.1.1, MQTT-3.1.2-2).
  if (body.size() == 2 && code == 1) return Connack{code, session_present};
  if (body.size() == 2) return Garbled{"a CONNACK of MQTT 5 without its properties"};
  const auto properties = read_length(body.subspan(2));
  if (properties.bytes == 0 || 2 + properties.bytes + properties.value != body.size())
    return Garbled{"CONNACK's properties do not fill the packet"};
  if (code != 0 && code < 0x80)
    return Garbled{"CONNACK bears " + hex_byte(code) + ", which is no failure and no success"};
  return Connack{code, session_present};
}

}  // namespace

// MQTT 3.1.1 sections 3.1.2.5 to 3.1.2.7.
static unsigned char will_flags(const Will& will) {
  return static_cast<unsigned char>(connect_flag::will | will.qos << connect_flag::will_qos_shift |
                                    (will.retain ? connect_flag::will_retain : 0));
}

static void put_connect_properties(Bytes& body, std::optional<std::uint32_t> session_expiry) {
  if (!session_expiry) {
    body.push_back(0);
    return;
  }
  constexpr unsigned char size = 5;
  body.insert(body.end(), {size, session_expiry_property});
  put_uint16(body, *session_expiry >> 16);
  put_uint16(body, *session_expiry & 0xffff);
}

Result<Bytes> encode_connect(const ConnectPacket& packet) {
  for (const auto& text : {packet.user_name, packet.password})
    if (text && text->size() > longest_string)
      return failure(ErrorKind::local, msg("A user name or password of {bytes} bytes is too long for MQTT",
                                           {{"bytes", std::to_string(text->size())}}));
  if (packet.user_name && packet.user_name->find('\0') != std::string::npos)
    return failure(ErrorKind::local, msg("A user name with a zero byte cannot be said in MQTT"));
  if (packet.version == MqttVersion::v3_1_1 && packet.password && !packet.user_name)
    return failure(ErrorKind::local, msg("A password without a user name cannot be said in MQTT 3.1.1"),
                   msg("Give a user name too, or use MQTT 5"));

  const bool v5 = packet.version == MqttVersion::v5_0;
  Bytes body;
  put_string(body, "MQTT");
  body.push_back(v5 ? 5 : 4);
  unsigned char flags = packet.clean ? connect_flag::clean : 0;
  if (packet.user_name) flags |= connect_flag::user_name;
  if (packet.password) flags |= connect_flag::password;
  if (packet.will) flags |= will_flags(*packet.will);
  body.push_back(flags);
  put_uint16(body, packet.keep_alive);
  if (v5) put_connect_properties(body, packet.session_expiry);
  put_string(body, packet.client_id);
  if (packet.will) {
    if (v5) body.push_back(0);  // no will properties
    put_string(body, packet.will->topic);
    put_string(body, packet.will->payload);
  }
  if (packet.user_name) put_string(body, *packet.user_name);
  if (packet.password) put_string(body, *packet.password);

  Bytes bytes = {packet_type::connect};
  put_length(bytes, body.size());
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

Bytes encode_service_request(MqttVersion version, std::string_view topic, std::string_view payload) {
  const bool v5 = version == MqttVersion::v5_0;
  Bytes subscribe = {0, 1};  // packet identifier
  if (v5) subscribe.push_back(0);
  put_string(subscribe, topic);
  subscribe.push_back(0);  // QoS 0
  Bytes publish;
  put_string(publish, topic);
  if (v5) publish.push_back(0);
  publish.insert(publish.end(), payload.begin(), payload.end());

  Bytes bytes;
  for (const auto& [type, body] :
       {std::pair{packet_type::subscribe, subscribe}, {packet_type::publish, publish}, {packet_type::ping, Bytes{}}}) {
    bytes.push_back(type);
    put_length(bytes, body.size());
    bytes.insert(bytes.end(), body.begin(), body.end());
  }
  return bytes;
}

Bytes encode_disconnect() { return {packet_type::disconnect, 0}; }

FirstPacket decode_first_packet(MqttVersion version, std::span<const unsigned char> received) {
  if (received.empty()) return NeedMore{};
  if (received[0] != packet_type::connack) {
    if ((received[0] & 0xf0) == packet_type::connack)
      return Garbled{"CONNACK with reserved flags, " + hex_byte(received[0])};
    return Garbled{"not CONNACK but " + std::string(packet_names[received[0] >> 4]) + ", " + hex_byte(received[0])};
  }
  const auto length = read_length(received.subspan(1));
  if (length.too_long) return Garbled{"a remaining length of more than four bytes"};
  if (length.bytes == 0) return NeedMore{};
  const auto header = 1 + length.bytes;
  if (length.value < 2 || header + length.value > longest_first_packet)
    return Garbled{"a CONNACK of " + std::to_string(length.value) + " bytes"};
  if (received.size() < header + length.value) return NeedMore{};
  return read_connack(version, received.subspan(header, length.value));
}

}  // namespace mqtts::wire
