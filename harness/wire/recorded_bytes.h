// Keeps what passes over connections, on the wire and decrypted, for probes that search it.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "harness/model/traffic.h"
#include "harness/wire/mqtt_bytes.h"

namespace mqtts::wire {

struct RecordedConnection {
  Bytes sent;  // on the wire
  Bytes received;
  Bytes sent_decrypted;  // of our own TLS, without handshake and alerts
  Bytes received_decrypted;
  bool has_gap = false;  // not all of it is here
};

class RecordedBytes : public TrafficRecord {
 public:
  // Of each direction of a connection; what is beyond is a gap.
  static constexpr std::size_t most_bytes = 1024UL * 1024;

  // Hands everything on to `also`, which may be null.
  explicit RecordedBytes(std::shared_ptr<TrafficRecord> also) : also_(std::move(also)) {}
  std::shared_ptr<ConnectionRecord> opened(const TcpEnds& ends, WallClock::time_point at,
                                           std::string_view program) override;
  bool wants_keys() const override { return also_ && also_->wants_keys(); }

  // So far, in the order in which they were opened.
  std::vector<RecordedConnection> connections() const;

 private:
  class Connection;

  const std::shared_ptr<TrafficRecord> also_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Connection>> connections_;
};

}  // namespace mqtts::wire
