// The bytes of MQTT over WebSocket (RFC 6455; MQTT 5.0 section 6): the client's upgrade and frames, and a strict reader
// of what a server sends. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "harness/wire/mqtt_packet.h"

namespace mqtts::wire {

struct Upgrade {
  std::string host;                     // name or address, and port: "broker:8080"
  std::string path;                     // begins with "/"
  std::string key;                      // 16 random bytes in Base64
  std::optional<std::string> origin{};  // "http://site.example"; none: no browser
};

// ErrorKind::local if a part cannot stand in a request.
Result<std::string> encode_upgrade(const Upgrade& upgrade);

// Sec-WebSocket-Accept of a server that has read this key (RFC 6455 section 4.2.2).
std::string accept_of(std::string_view key);

// A longer answer to the upgrade is not read to its end.
constexpr std::size_t longest_upgrade_answer = 16UL * 1024;

struct Upgraded {
  std::size_t size = 0;  // of the answer; frames follow
  bool operator==(const Upgraded&) const = default;
};
struct NotUpgraded {
  int status = 0;  // of HTTP
  bool operator==(const NotUpgraded&) const = default;
};
using UpgradeAnswer = std::variant<NeedMore, Upgraded, NotUpgraded, Garbled>;

// Decodes the answer from all the bytes received so far. Upgraded only if the server has proven that it read our key,
// and has selected the subprotocol "mqtt" (MQTT-6.0.0-4) and no extension.
UpgradeAnswer decode_upgrade(std::string_view received, std::string_view key);

enum class Opcode : std::uint8_t {
  binary = 2,
  close = 8,
  pong = 10
};

// One final frame of a client, masked by these four bytes (RFC 6455 section 5.3).
Bytes encode_frame(Opcode opcode, std::span<const unsigned char> payload, std::span<const unsigned char, 4> mask);

struct FrameEvent {
  enum class Kind {
    need_more,
    data,   // `payload` is the next part of the stream of MQTT; may be empty
    ping,   // to be answered by a pong with this payload
    pong,   // to be ignored
    close,  // nothing may follow
    garbled
  };
  Kind kind{};
  std::size_t consumed = 0;                  // bytes of `received` that this took
  std::span<const unsigned char> payload{};  // within `received`
  std::string why{};                         // garbled
};

// Takes the frames of a server apart, in order. It keeps no bytes: what it did not consume is to be shown to it again.
class FrameDecoder {
 public:
  FrameEvent next(std::span<const unsigned char> received);

 private:
  FrameEvent read_header(std::span<const unsigned char> received);
  FrameEvent read_control(unsigned char opcode, std::span<const unsigned char> received, std::size_t header,
                          std::size_t size) const;

  std::uint64_t left_ = 0;   // bytes of the current data frame that are still to come
  bool fragmented_ = false;  // the message goes on in another frame
};

}  // namespace mqtts::wire
