// A broker of MQTT 3.1.1 that knows one reader, and does to its messages what the test wants.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/hostile_broker.h"

namespace mqtts::test {

struct TinyBrokerManners {
  unsigned char suback = 1;   // granted with QoS 1
  std::string greeting;       // packets that the reader gets right after its SUBACK
  unsigned char altered = 0;  // the bits of a message's last byte that are turned over
  std::string late{};         // what holds this text comes late
  std::chrono::milliseconds delay{};
  std::string lost{};    // what holds this text is acknowledged, and lost,
  int losses = 1'000;    // so many times
  std::string denied{};  // a filter that holds this text is refused as ejabberd does it, with a code of MQTT 5
};

class TinyBroker {
 public:
  explicit TinyBroker(TinyBrokerManners manners) : manners_(std::move(manners)) {}
  std::uint16_t port() const { return broker_.port(); }

 private:
  void serve(Peer& peer);
  void answer(Peer& peer, std::string packet);

  const TinyBrokerManners manners_;
  std::mutex mutex_;
  Peer* reader_ = nullptr;
  int losses_ = 0;
  std::vector<std::jthread> deliveries_;  // of what comes late
  HostileBroker broker_{[this](Peer& peer) { serve(peer); }};
};

// Our clients send each packet whole, and wait for the answer to it.
inline void TinyBroker::serve(Peer& peer) {
  for (auto packet = peer.read_some(); !packet.empty(); packet = peer.read_some()) {
    const std::lock_guard lock(mutex_);
    answer(peer, std::move(packet));
  }
  const std::lock_guard lock(mutex_);
  if (reader_ == &peer) reader_ = nullptr;
}

inline void TinyBroker::answer(Peer& peer, std::string packet) {
  switch (packet[0] & 0xf0) {
    case 0x10: peer.write(hostile::connack(0)); break;
    case 0x80: {
      const bool is_denied = !manners_.denied.empty() && packet.find(manners_.denied) != std::string::npos;
      const auto code = is_denied ? '\x8f' : static_cast<char>(manners_.suback);
      reader_ = &peer;
      peer.write(std::string{'\x90', 3, packet[2], packet[3], code} + manners_.greeting);
      break;
    }
    case 0x30: {
      const auto id = 4U + static_cast<unsigned char>(packet[3]);  // after a remaining length of one byte
      peer.write(std::string{'\x40', 2, packet[id], packet[id + 1]});
      packet.back() = static_cast<char>(packet.back() ^ manners_.altered);
      if (!manners_.lost.empty() && packet.find(manners_.lost) != std::string::npos && losses_++ < manners_.losses)
        break;
      if (!manners_.late.empty() && packet.find(manners_.late) != std::string::npos)
        deliveries_.emplace_back([this, packet] {
          std::this_thread::sleep_for(manners_.delay);
          const std::lock_guard lock(mutex_);
          if (reader_ != nullptr) reader_->write(packet);
        });
      else if (reader_ != nullptr)
        reader_->write(packet);
      break;
    }
    default: break;
  }
}

// A PUBLISH with QoS 0 on your/topic.
inline std::string publish(std::string_view payload, char retained) {
  const std::string topic = "your/topic";
  return std::string{static_cast<char>(0x30 | retained), static_cast<char>(2 + topic.size() + payload.size()), 0,
                     static_cast<char>(topic.size())} +
         topic + std::string(payload);
}

}  // namespace mqtts::test
