// What a packet of a connection holds, in the words of Wireshark's packet list. Reads foreign bytes, whatever they are,
// and keeps little of them. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "harness/model/traffic.h"
#include "harness/wire/mqtt_bytes.h"

namespace mqtts::wire {

struct PacketWords {
  std::string protocol;
  std::string summary;
  std::string inside;  // of a WebSocket's frames; empty: nothing that is known
};

// Cuts a stream into units: whole ones, or the beginnings of long ones, whose rest it skips.
class UnitCutter {
 public:
  struct Size {
    std::size_t needed = 0;  // bytes to describe the unit by; 0: more must come before any size is known
    std::size_t whole = 0;
  };
  void add(std::span<const unsigned char> bytes);
  // The next unit's first bytes, at most `most_described`; empty if more must come. Returns a copy.
  template <class SizeOf>
  Bytes next(const SizeOf& size_of) {
    const auto waiting = std::span<const unsigned char>(waiting_).subspan(taken_);
    const Size size = size_of(waiting);
    if (size.needed == 0 || waiting.size() < size.needed) return {};
    return take(size);
  }
  static constexpr std::size_t most_described = 512;

 private:
  Bytes take(const Size& size);

  Bytes waiting_;
  std::size_t taken_ = 0;  // bytes of `waiting_`
  std::size_t skip_ = 0;   // bytes that are still to come
};

class MqttWords {
 public:
  std::vector<std::string> add(std::span<const unsigned char> bytes);

 private:
  UnitCutter cutter_;
};

// An HTTP upgrade, and what follows.
class WebSocketWords {
 public:
  PacketWords add(std::span<const unsigned char> bytes);

 private:
  bool is_upgraded_ = false;
  std::string head_;
  UnitCutter cutter_;
  MqttWords mqtt_;
};

// Both directions of a connection.
class Conversation {
 public:
  PacketWords add(Direction direction, std::span<const unsigned char> bytes);
  // What TLS held, decrypted; empty if that has no name.
  std::string inside(Direction direction, TlsContent content, std::span<const unsigned char> bytes);

 private:
  enum class Kind {
    unknown,
    tls,
    http,
    mqtt
  };
  struct Stream {
    Kind kind = Kind::unknown;
    UnitCutter records;
    std::size_t handshake_rest = 0;  // bytes of a message that is still to come
    bool is_encrypted = false;       // TLS 1.2: after ChangeCipherSpec
    MqttWords mqtt;
    WebSocketWords websocket;
  };
  PacketWords tls(Stream& stream, std::span<const unsigned char> bytes);
  std::string record(Stream& stream, std::span<const unsigned char> record);
  std::vector<std::string> messages(Stream& stream, std::span<const unsigned char> bytes);
  Stream& stream(Direction direction) { return direction == Direction::to_broker ? streams_[0] : streams_[1]; }

  Stream streams_[2];
  Stream decrypted_[2];
  std::string tls_version_ = "TLS";
};

}  // namespace mqtts::wire
