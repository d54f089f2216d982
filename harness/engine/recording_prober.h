// Remembers where a broker answered: what one check's attempt saw of a port bears on another's.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <vector>

#include "harness/model/world.h"

namespace mqtts::engine {

// Hands every attempt on to another prober, which it borrows. Safe from any thread.
class RecordingProber : public Prober {
 public:
  explicit RecordingProber(Prober& prober) : prober_(prober) {}
  Result<Observation> observe(const Attempt& attempt, const Deadline& deadline) override;

  // True if somebody has spoken TLS or MQTT there since construction.
  bool has_spoken(std::uint16_t port) const;
  bool has_spoken() const;  // on any port

  // True if a client with the same certificate, user name and password was let in on the same port.
  bool was_let_in(const Client& client) const;

 private:
  Prober& prober_;
  mutable std::mutex mutex_;
  std::set<std::uint16_t> spoken_;
  std::vector<Client> let_in_;  // each once
};

// True if the connection ended, or did not come about, before the other side said a word of TLS or MQTT: it cannot have
// been for who the client is.
bool is_lost_before_a_word(const Observation& seen);

}  // namespace mqtts::engine
