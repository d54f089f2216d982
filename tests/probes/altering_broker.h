// A broker of MQTT 3.1.1 that hands every message on with one byte changed.
#pragma once

#include <mutex>
#include <string>

#include "tests/support/hostile_broker.h"

namespace mqtts::test {

enum class Subscriptions {
  granted,
  refused
};

class AlteringBroker {
 public:
  explicit AlteringBroker(Subscriptions subscriptions = Subscriptions::granted) : subscriptions_(subscriptions) {}
  std::uint16_t port() const { return broker_.port(); }

 private:
  void serve(Peer& peer);
  void publish(std::string packet);

  const Subscriptions subscriptions_;
  std::mutex mutex_;
  Peer* reader_ = nullptr;
  HostileBroker broker_{[this](Peer& peer) { serve(peer); }};
};

// Our clients send each packet whole, and wait for the answer to it.
inline void AlteringBroker::serve(Peer& peer) {
  for (auto packet = peer.read_some(); !packet.empty(); packet = peer.read_some()) {
    switch (packet[0] & 0xf0) {
      case 0x10: peer.write(hostile::connack(0)); break;
      case 0x80: {
        const std::lock_guard lock(mutex_);
        reader_ = &peer;
        peer.write(
            std::string{'\x90', 3, packet[2], packet[3], subscriptions_ == Subscriptions::granted ? '\1' : '\x80'});
        break;
      }
      case 0x30: {
        const auto id = 4U + static_cast<unsigned char>(packet[3]);  // after a remaining length of one byte
        peer.write(std::string{'\x40', 2, packet[id], packet[id + 1]});
        publish(packet);
        break;
      }
      default: break;
    }
  }
  const std::lock_guard lock(mutex_);
  if (reader_ == &peer) reader_ = nullptr;
}

inline void AlteringBroker::publish(std::string packet) {
  const std::lock_guard lock(mutex_);
  if (reader_ == nullptr) return;
  packet.back() = static_cast<char>(packet.back() ^ 1);
  reader_->write(packet);
}

}  // namespace mqtts::test
