// WebSocket listeners for tests: Mosquitto's, and one that runs a script behind the upgrade. For tests that link wire.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/wire/websocket.h"
#include "tests/support/hostile_broker.h"

namespace mqtts::test {

// Lines of Mosquitto for another listener. Measured on 2.0.11 of Debian 12: without `socket_domain` a WebSocket
// listener of 127.0.0.1 listens on every address, and a broker that has no other listener does not start.
inline std::vector<std::string> websocket_listener(std::uint16_t port, const std::vector<std::string>& more = {}) {
  std::vector<std::string> lines = {"listener " + std::to_string(port) + " 127.0.0.1", "socket_domain ipv4",
                                    "protocol websockets"};
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

// A client whose WebSocket was upgraded. Our clients send each packet in a frame of its own.
class WebSocketPeer : public Peer {
 public:
  explicit WebSocketPeer(Peer& below) : below_(below) {}
  std::string read_some() override {
    const auto frame = below_.read_some();
    if (frame.size() < 6) return {};
    const std::size_t header = (frame[1] & 0x7f) == 126 ? 4 : 2;
    std::string payload = frame.substr(header + 4);
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ frame[header + i % 4]);
    return payload;
  }
  bool write(std::string_view bytes) override {
    std::string frame = {'\x82', static_cast<char>(bytes.size() < 126 ? bytes.size() : 126)};
    if (bytes.size() >= 126) frame += {static_cast<char>(bytes.size() >> 8), static_cast<char>(bytes.size() & 0xff)};
    return below_.write(frame.append(bytes));
  }
  void reset() override { below_.reset(); }
  bool pause(std::chrono::milliseconds span) override { return below_.pause(span); }
  int fd() const override { return below_.fd(); }

 private:
  Peer& below_;
};

inline std::string header_of(const std::string& request, const std::string& name) {
  const auto at = request.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 4;
  return request.substr(begin, request.find("\r\n", begin) - begin);
}

inline std::string upgrade_answer(const std::string& request) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
         wire::accept_of(header_of(request, "Sec-WebSocket-Key")) + "\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";
}

namespace hostile {

// Runs `script` on the bare connection after the upgrade: it sees and writes frames.
inline Script after_upgrade(Script script) {
  return [script = std::move(script)](Peer& peer) {
    if (peer.write(upgrade_answer(peer.read_some()))) script(peer);
  };
}

// Runs `script` behind the upgrade: it sees and writes MQTT.
inline Script behind_websocket(Script script) {
  return after_upgrade([script = std::move(script)](Peer& peer) {
    WebSocketPeer websocket(peer);
    script(websocket);
  });
}

}  // namespace hostile

}  // namespace mqtts::test
