#include "harness/wire/recorded_bytes.h"

#include <algorithm>
#include <utility>

namespace mqtts::wire {

class RecordedBytes::Connection : public ConnectionRecord {
 public:
  explicit Connection(std::shared_ptr<ConnectionRecord> also) : also_(std::move(also)) {}

  void connected() override {
    if (also_) also_->connected();
  }
  void data(Direction direction, std::span<const unsigned char> bytes) override {
    add(direction == Direction::to_broker ? &RecordedConnection::sent : &RecordedConnection::received, bytes);
    if (also_) also_->data(direction, bytes);
  }
  void ended(Direction by, TcpEnd end) override {
    if (also_) also_->ended(by, end);
  }
  void decrypted(Direction direction, TlsContent content, std::span<const unsigned char> bytes) override {
    if (content == TlsContent::application_data)
      add(direction == Direction::to_broker ? &RecordedConnection::sent_decrypted
                                            : &RecordedConnection::received_decrypted,
          bytes);
    if (also_) also_->decrypted(direction, content, bytes);
  }
  void key(std::string_view line) override {
    if (also_) also_->key(line);
  }
  void has_gap() override {
    {
      const std::lock_guard lock(mutex_);
      recorded_.has_gap = true;
    }
    if (also_) also_->has_gap();
  }

  RecordedConnection recorded() const {
    const std::lock_guard lock(mutex_);
    return recorded_;
  }

 private:
  void add(Bytes RecordedConnection::*kept, std::span<const unsigned char> bytes) {
    const std::lock_guard lock(mutex_);
    auto& all = recorded_.*kept;
    const auto taken = bytes.first(std::min(bytes.size(), most_bytes - all.size()));
    all.insert(all.end(), taken.begin(), taken.end());
    if (taken.size() < bytes.size()) recorded_.has_gap = true;
  }

  const std::shared_ptr<ConnectionRecord> also_;
  mutable std::mutex mutex_;
  RecordedConnection recorded_;
};

std::shared_ptr<ConnectionRecord> RecordedBytes::opened(const TcpEnds& ends, WallClock::time_point at,
                                                        std::string_view program) {
  auto connection = std::make_shared<Connection>(also_ ? also_->opened(ends, at, program) : nullptr);
  const std::lock_guard lock(mutex_);
  connections_.push_back(connection);
  return connection;
}

std::vector<RecordedConnection> RecordedBytes::connections() const {
  const std::lock_guard lock(mutex_);
  std::vector<RecordedConnection> all;
  for (const auto& each : connections_) all.push_back(each->recorded());
  return all;
}

}  // namespace mqtts::wire
