// What a run records of its TCP connections to the broker, as it happens. A record observes and changes nothing: where
// it cannot be kept, the connection goes on without it. All of it is safe from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/util/tcp.h"

namespace mqtts {

enum class Direction {
  to_broker,
  to_client
};

enum class TcpEnd {
  fin,
  reset
};

// Types of TLS records (RFC 8446 section 5.1).
enum class TlsContent : unsigned char {
  alert = 21,
  handshake = 22,
  application_data = 23
};

// Of one TCP connection, from its SYN on.
class ConnectionRecord {
 public:
  virtual ~ConnectionRecord() = default;
  virtual void connected() = 0;                                                      // told once or more
  virtual void data(Direction direction, std::span<const unsigned char> bytes) = 0;  // as they were on the wire
  // Who ended it; `to_broker`: we. Told once or more. A broker that ends what was never connected has refused it.
  virtual void ended(Direction by, TcpEnd end) = 0;
  // What the latest bytes of that direction hold, decrypted; of our own TLS only.
  virtual void decrypted(Direction, TlsContent, std::span<const unsigned char>) {}
  // A line of a TLS key log (draft-ietf-tls-keylogfile).
  virtual void key(std::string_view) {}
  // Bytes have passed that are not in the record.
  virtual void has_gap() {}
};

// The two ends of a connection.
struct TcpEnds {
  SocketAddress client;  // its port is 0 where the system did not tell it
  SocketAddress broker;
};

using WallClock = std::chrono::system_clock;

// Of one attempt: all connections of its clients.
class TrafficRecord {
 public:
  virtual ~TrafficRecord() = default;
  // A SYN was sent at that time. `program` says which client sent it: "probe" or "paho". Never null.
  virtual std::shared_ptr<ConnectionRecord> opened(const TcpEnds& ends, WallClock::time_point at,
                                                   std::string_view program) = 0;
  virtual bool wants_keys() const { return false; }
};

// One packet of a capture, in Wireshark's words.
struct PacketLine {
  int number = 0;      // in the capture, from 1
  double seconds = 0;  // since the capture's first packet
  Direction direction{};
  std::string protocol;  // "TCP", "TLSv1.3", "MQTT", "HTTP", "WebSocket"
  std::string summary;   // may be hostile text
  std::string inside;    // what it holds, decrypted; empty: that is not known
  bool operator==(const PacketLine&) const = default;
};

// The recorded traffic of one check.
struct Capture {
  std::string file;               // relative to the reports' folder
  int packets = 0;                // in the file
  std::vector<PacketLine> first;  // of them, most_packet_lines at most
  bool operator==(const Capture&) const = default;
};

constexpr std::size_t most_packet_lines = 12;

enum class Secrets {
  none,
  inside  // a password passes in clear
};

// Of a run.
class TrafficRecorder {
 public:
  virtual ~TrafficRecorder() = default;
  // Never null.
  virtual std::shared_ptr<TrafficRecord> attempt(const std::string& stage, const std::string& check,
                                                 const std::string& attempt, Secrets secrets) = 0;
  // None if the check made no connection, or its traffic could not be kept.
  virtual std::optional<Capture> capture_of(const std::string& stage, const std::string& check) = 0;
};

}  // namespace mqtts
