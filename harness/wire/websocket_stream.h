// MQTT over WebSocket on a stream of TCP or TLS.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "harness/model/interfaces.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/wire/stream.h"
#include "harness/wire/websocket.h"

namespace mqtts::wire {

class WebSocketStream : public Stream {
 public:
  // Borrows `below`, which is connected.
  explicit WebSocketStream(Stream& below) : below_(below) {}

  // Comes first. Done once the server speaks WebSocket; closed with a `status()` if it answered by HTTP and did not
  // upgrade. ErrorKind::local if the client's path or origin cannot stand in a request: nothing was sent.
  Result<Step> upgrade(const Client& client, const Deadline& deadline);
  std::optional<int> status() const { return status_; }

  Step read(std::span<unsigned char> buffer, const Deadline& deadline) override;
  void write(std::span<const unsigned char> bytes, const Deadline& deadline) override;
  void finish(const Deadline& deadline) override;  // sends a close frame

 private:
  Step receive(const Deadline& deadline);
  void send(Opcode opcode, std::span<const unsigned char> payload, const Deadline& deadline);

  Stream& below_;
  FrameDecoder decoder_;
  Bytes received_;  // not yet taken apart
  Bytes data_;      // not yet read
  std::optional<int> status_;
};

}  // namespace mqtts::wire
