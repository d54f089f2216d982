#include "harness/wire/pcapng.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace mqtts::wire {
namespace {

constexpr std::uint32_t section_header_block = 0x0a0d0d0a;
constexpr std::uint32_t interface_block = 1;
constexpr std::uint32_t enhanced_packet_block = 6;
constexpr std::uint32_t decryption_secrets_block = 10;
constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr std::uint32_t tls_key_log = 0x544c534b;
constexpr std::uint16_t link_type_raw = 101;

constexpr std::uint16_t option_comment = 1;
constexpr std::uint16_t option_application = 4;  // of a section
constexpr std::uint16_t option_name = 2;         // of an interface
constexpr std::uint16_t option_description = 3;
constexpr std::uint16_t option_time_resolution = 9;
constexpr std::uint16_t option_packet_flags = 2;

constexpr std::size_t most_option_bytes = 1024;

template <class Number>
void put(Bytes& bytes, Number number) {
  const auto* raw = reinterpret_cast<const unsigned char*>(&number);
  bytes.insert(bytes.end(), raw, raw + sizeof number);
}

void put_padded(Bytes& bytes, std::span<const unsigned char> content) {
  bytes.insert(bytes.end(), content.begin(), content.end());
  bytes.resize((bytes.size() + 3) / 4 * 4);
}

void put_option(Bytes& bytes, std::uint16_t code, std::span<const unsigned char> value) {
  put(bytes, code);
  put(bytes, static_cast<std::uint16_t>(value.size()));
  put_padded(bytes, value);
}

void put_option(Bytes& bytes, std::uint16_t code, std::string_view text) {
  text = text.substr(0, most_option_bytes);
  put_option(bytes, code, std::span(reinterpret_cast<const unsigned char*>(text.data()), text.size()));
}

void end_options(Bytes& bytes) { put(bytes, std::uint32_t{0}); }

// `body` is padded to 32 bits.
Bytes block(std::uint32_t type, const Bytes& body) {
  constexpr std::size_t around = 12;
  const auto size = static_cast<std::uint32_t>(body.size() + around);
  Bytes bytes;
  bytes.reserve(size);
  put(bytes, type);
  put(bytes, size);
  bytes.insert(bytes.end(), body.begin(), body.end());
  put(bytes, size);
  return bytes;
}

}  // namespace

Bytes pcapng_header(std::string_view program, std::string_view description) {
  Bytes section;
  put(section, byte_order_magic);
  put(section, std::uint16_t{1});
  put(section, std::uint16_t{0});
  put(section, std::int64_t{-1});  // its length is not known
  put_option(section, option_application, program);
  end_options(section);

  Bytes interface;
  put(interface, link_type_raw);
  put(interface, std::uint16_t{0});
  put(interface, std::uint32_t{0});  // packets are whole
  put_option(interface, option_name, program);
  put_option(interface, option_description, description);
  constexpr unsigned char nanoseconds = 9;
  put_option(interface, option_time_resolution, std::span(&nanoseconds, 1));
  end_options(interface);

  auto bytes = block(section_header_block, section);
  const auto second = block(interface_block, interface);
  bytes.insert(bytes.end(), second.begin(), second.end());
  return bytes;
}

Bytes pcapng_packet(WallClock::time_point at, Direction direction, std::span<const unsigned char> packet,
                    std::string_view comment) {
  const auto time =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count());
  const auto size = static_cast<std::uint32_t>(packet.size());
  Bytes body;
  body.reserve(packet.size() + comment.size() + 40);
  put(body, std::uint32_t{0});
  put(body, static_cast<std::uint32_t>(time >> 32));
  put(body, static_cast<std::uint32_t>(time));
  put(body, size);
  put(body, size);
  put_padded(body, packet);
  if (!comment.empty()) put_option(body, option_comment, comment);
  const std::uint32_t flags = direction == Direction::to_client ? 1 : 2;  // inbound, outbound
  put_option(body, option_packet_flags, std::span(reinterpret_cast<const unsigned char*>(&flags), sizeof flags));
  end_options(body);
  return block(enhanced_packet_block, body);
}

Bytes pcapng_keys(std::string_view lines) {
  Bytes body;
  put(body, tls_key_log);
  put(body, static_cast<std::uint32_t>(lines.size()));
  put_padded(body, {reinterpret_cast<const unsigned char*>(lines.data()), lines.size()});
  end_options(body);
  return block(decryption_secrets_block, body);
}

}  // namespace mqtts::wire
