// A relay between a client and a server on loopback that injects one fault at a given point.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <utility>

namespace mqtts {

class Relay {
 public:
  enum class Then {
    go_on,   // the piece is forwarded
    cut,     // both ends are reset; later connections are served
    silence  // nothing is forwarded on any connection until speak_again(); later ones get no answer
  };
  // Both are called on the relay's thread before a piece of data is forwarded; pieces are counted from 1, in both
  // directions together. The fault is injected once, at the first piece for which `when` is true.
  using When = std::function<bool(int piece)>;
  using Fault = std::function<Then()>;

  Relay(std::uint16_t to, When when, Fault fault);
  Relay(std::uint16_t to, int at, Fault fault)
      : Relay(
            to, [at](int piece) { return piece == at; }, std::move(fault)) {}
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  std::uint16_t port() const { return port_; }
  bool fault_has_come() const { return has_come_; }
  // Forwards everything again from now on.
  void speak_again() { silent_ = false; }

 private:
  struct Pair;
  void serve();
  Then before_next_piece();
  void be_silent();

  std::uint16_t to_;
  When when_;
  Fault fault_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  int pieces_ = 0;
  std::atomic<bool> has_come_ = false;
  std::atomic<bool> silent_ = false;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

}  // namespace mqtts
