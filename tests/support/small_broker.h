// A broker of MQTT 3.1.1 and 5.0 without users, topics or sessions, which serves whoever comes: it answers each packet,
// and ends no connection but as its manners say. For what no setting of Mosquitto can make weak or strong.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "tests/support/hostile_broker.h"

namespace mqtts::test {

struct SmallBrokerManners {
  std::string dies_of;                    // these bytes end all connections, and the broker
  bool comes_back = false;                // on the same port, at once
  std::string hangs_up_at;                // these bytes end the connection that they come on
  std::chrono::milliseconds patience{0};  // a connection without CONNECT is ended after that; 0: never
  bool is_patient_with_bytes = false;     // each byte starts the patience anew
  int messages_a_second = 0;              // of one connection, on the average: it is read no faster; 0: no limit
  std::chrono::milliseconds slowness{0};  // each message takes so long
  int most_messages = 0;                  // of one connection, which is then ended; 0: no limit
  unsigned char puback = 0;               // code of MQTT 5
};

class SmallBroker {
 public:
  explicit SmallBroker(SmallBrokerManners manners);
  ~SmallBroker();
  SmallBroker(const SmallBroker&) = delete;
  SmallBroker& operator=(const SmallBroker&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  struct Known;  // of one connection
  void serve(Peer& peer);
  bool has_lost_patience(std::chrono::steady_clock::time_point since) const;
  bool answer(Peer& peer, std::string_view packet, Known& known) const;
  void bury();

  const SmallBrokerManners manners_;
  std::uint16_t port_ = 0;
  int listener_;  // bound to that port
  std::unique_ptr<HostileBroker> broker_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_dying_ = false;
  bool is_ending_ = false;
  std::thread undertaker_;
};

}  // namespace mqtts::test
