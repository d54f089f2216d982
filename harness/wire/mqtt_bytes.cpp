#include "harness/wire/mqtt_bytes.h"

#include <algorithm>

namespace mqtts::wire {
namespace {

constexpr unsigned char publish_byte = 0x30;
constexpr unsigned char subscribe_byte = 0x82;
constexpr unsigned char ping_byte = 0xc0;

constexpr std::size_t most_length_bytes = 4;

struct VariableInteger {
  std::size_t value = 0;
  std::size_t bytes = 0;  // that it took; 0: incomplete, or malformed
};

VariableInteger read_variable_integer(std::span<const unsigned char> bytes) {
  VariableInteger read;
  for (std::size_t i = 0; i < std::min(bytes.size(), most_length_bytes); ++i) {
    read.value |= static_cast<std::size_t>(bytes[i] & 0x7f) << (7 * i);
    if ((bytes[i] & 0x80) != 0) continue;
    read.bytes = i + 1;
    break;
  }
  return read;
}

enum class PropertyType {
  byte,
  two_bytes,
  four_bytes,
  variable,
  text,  // and binary data
  pair,
  unknown
};

// MQTT 5.0, table 2-4.
PropertyType property_type(unsigned char id) {
  switch (id) {
    case 0x01:
    case 0x17:
    case 0x19:
    case 0x24:
    case 0x25:
    case 0x28:
    case 0x29:
    case 0x2a: return PropertyType::byte;
    case 0x13:
    case 0x21:
    case 0x22:
    case 0x23: return PropertyType::two_bytes;
    case 0x02:
    case 0x11:
    case 0x18:
    case 0x27: return PropertyType::four_bytes;
    case 0x0b: return PropertyType::variable;
    case 0x03:
    case 0x08:
    case 0x09:
    case 0x12:
    case 0x15:
    case 0x16:
    case 0x1a:
    case 0x1c:
    case 0x1f: return PropertyType::text;
    case 0x26: return PropertyType::pair;
    default: return PropertyType::unknown;
  }
}

std::uint32_t big_endian(std::span<const unsigned char> bytes) {
  std::uint32_t value = 0;
  for (const auto byte : bytes) value = value << 8 | byte;
  return value;
}

// Bytes of the string at the beginning; none if it is cut.
std::optional<std::size_t> size_of_text(std::span<const unsigned char> bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const auto size = 2 + std::size_t{big_endian(bytes.first(2))};
  return size <= bytes.size() ? std::optional(size) : std::nullopt;
}

std::optional<std::size_t> size_of_value(PropertyType type, std::span<const unsigned char> bytes) {
  const auto fixed = [&](std::size_t size) { return size <= bytes.size() ? std::optional(size) : std::nullopt; };
  switch (type) {
    case PropertyType::byte: return fixed(1);
    case PropertyType::two_bytes: return fixed(2);
    case PropertyType::four_bytes: return fixed(4);
    case PropertyType::variable: {
      const auto read = read_variable_integer(bytes);
      return read.bytes > 0 ? std::optional(read.bytes) : std::nullopt;
    }
    case PropertyType::text: return size_of_text(bytes);
    case PropertyType::pair: {
      const auto name = size_of_text(bytes);
      const auto value = name ? size_of_text(bytes.subspan(*name)) : std::nullopt;
      return value ? std::optional(*name + *value) : std::nullopt;
    }
    case PropertyType::unknown: break;
  }
  return std::nullopt;
}

bool is_number(PropertyType type) {
  return type == PropertyType::byte || type == PropertyType::two_bytes || type == PropertyType::four_bytes;
}

}  // namespace

void put_uint16(Bytes& bytes, std::size_t value) {
  bytes.push_back(static_cast<unsigned char>(value >> 8));
  bytes.push_back(static_cast<unsigned char>(value & 0xff));
}

void put_string(Bytes& bytes, std::string_view text) {
  put_uint16(bytes, text.size());
  bytes.insert(bytes.end(), text.begin(), text.end());
}

void put_length(Bytes& bytes, std::size_t length) {
  do {
    const auto low = static_cast<unsigned char>(length & 0x7f);
    length >>= 7;
    bytes.push_back(length > 0 ? low | 0x80 : low);
  } while (length > 0);
}

Bytes to_packet(unsigned char first, std::span<const unsigned char> body) {
  Bytes bytes{first};
  put_length(bytes, body.size());
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

Bytes encode_publish(MqttVersion version, const PublishPacket& packet) {
  Bytes body;
  put_string(body, packet.topic);
  if (packet.qos > 0) put_uint16(body, packet.id);
  if (version == MqttVersion::v5_0) body.push_back(0);  // no properties
  body.insert(body.end(), packet.payload.begin(), packet.payload.end());
  return to_packet(static_cast<unsigned char>(publish_byte | packet.qos << 1), body);
}

Bytes encode_subscribe(MqttVersion version, std::string_view filter, int qos) {
  Bytes body = {0, 1};  // packet identifier
  if (version == MqttVersion::v5_0) body.push_back(0);
  put_string(body, filter);
  body.push_back(static_cast<unsigned char>(qos));
  return to_packet(subscribe_byte, body);
}

Bytes encode_ping() { return {ping_byte, 0}; }

std::variant<Packet, PacketReader::Lack> PacketReader::next() {
  const auto dropped = std::min(passed_over_, waiting_.size());
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(dropped));
  passed_over_ -= dropped;
  if (waiting_.size() < 2) return Lack::bytes;
  const auto length = read_variable_integer(std::span(waiting_).subspan(1));
  if (length.bytes == 0) return waiting_.size() > most_length_bytes ? Lack::too_long : Lack::bytes;
  if (length.value > longest && !cuts_) return Lack::too_long;
  const auto kept = std::min(length.value, longest);
  const auto size = 1 + length.bytes + kept;
  if (waiting_.size() < size) return Lack::bytes;
  const auto begin = waiting_.begin() + static_cast<std::ptrdiff_t>(1 + length.bytes);
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(size);
  Packet packet{waiting_.front(), Bytes(begin, end)};
  waiting_.erase(waiting_.begin(), end);
  passed_over_ = length.value - kept;
  return packet;
}

std::optional<std::uint32_t> number_property(std::span<const unsigned char> properties, unsigned char id) {
  const auto length = read_variable_integer(properties);
  if (length.bytes == 0 || length.bytes + length.value > properties.size()) return std::nullopt;
  auto left = properties.subspan(length.bytes, length.value);
  while (!left.empty()) {
    const auto type = property_type(left[0]);
    const auto size = size_of_value(type, left.subspan(1));
    if (!size) return std::nullopt;
    if (left[0] == id && is_number(type)) return big_endian(left.subspan(1, *size));
    left = left.subspan(1 + *size);
  }
  return std::nullopt;
}

}  // namespace mqtts::wire
