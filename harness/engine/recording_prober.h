// Remembers where a broker answered: what one check's attempt saw of a port bears on another's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/model/interfaces.h"

namespace mqtts::engine {

// When a port is known to be silent: after so many attempts of clients that should be let in, with so much patience.
struct SilenceLimit {
  int attempts = 2;
  Clock::duration patience = std::chrono::seconds(5);
};

// Hands every attempt on to another prober, which it borrows. Safe from any thread.
class RecordingProber : public Prober {
 public:
  // With a limit: a client is not sent to a port any more that is known to be silent, and where nobody has ever spoken;
  // what was seen there before is given in its place, and a note says so. One that should be refused is sent all the
  // same, unless it would say the same hello (the same version of MQTT, both in clear or both not) and TCP was taken.
  explicit RecordingProber(Prober& prober, std::optional<SilenceLimit> limit = std::nullopt)
      : prober_(prober), limit_(limit) {}
  Result<Observation> observe(const Attempt& attempt, const Deadline& deadline) override;

  // True if somebody has spoken TLS or MQTT there since construction.
  bool has_spoken(std::uint16_t port) const;
  bool has_spoken() const;  // on any port

  // True if such a client was let in on any port.
  bool was_any_let_in(const std::function<bool(const Client&)>& is_such) const;

  // True if a client with the same certificate, user name and password was let in on the same port.
  bool was_let_in(const Client& client) const;

 private:
  using Port = std::pair<std::string, std::uint16_t>;  // address and number
  struct Silence {
    int attempts = 0;  // of clients that should be let in
    Observation seen;
  };
  using Hello = std::tuple<std::string, std::uint16_t, bool, MqttVersion>;  // address, port, TLS or not, version
  static Hello hello_of(const Client& client);
  std::optional<Observation> known_silence(const Attempt& attempt) const;
  void remember_silence(const Attempt& attempt, const Observation& seen);

  Prober& prober_;
  const std::optional<SilenceLimit> limit_;
  mutable std::mutex mutex_;
  std::set<std::uint16_t> spoken_;
  std::map<Port, Silence> silent_;
  std::map<Hello, Observation> unanswered_;  // of any client, with all patience
  std::vector<Client> let_in_;               // each once
};

// True if the connection ended, or did not come about, before the other side said a word of TLS or MQTT: it cannot have
// been for who the client is.
bool is_lost_before_a_word(const Observation& seen);

}  // namespace mqtts::engine
