// The control of a probe that may hurt a broker: a client that nothing is done to, connected before and served after.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/model/interfaces.h"
#include "harness/model/observation.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/wire/mqtt_link.h"
#include "harness/wire/probe_connection.h"

namespace mqtts::probes {

enum class After {
  serves,  // the same connection is served, and a new client is let in
  down,    // the connection has ended, and the port answers no more
  unclear
};

class Bystander {
 public:
  // Logs in, stays, and logs in once more beside itself. Each connection has the attempt's timeout.
  static Result<Bystander> enter(const Attempt& attempt, const Deadline& deadline);

  // False: nothing can be said of the broker beyond seen().
  bool is_served() const { return is_served_; }
  // The broker serves one client of this account at a time: another login ends the one before. The bystander then waits
  // before its CONNECT, and sends that in look().
  bool is_alone() const { return is_alone_; }

  // What became of its logins: the observation that the probe goes on with.
  Observation& seen() { return seen_; }

  // True if its connection is answered now; always, where it is alone.
  bool answers(const Deadline& deadline);

  // Once, after all that the probe does. Whatever is not `serves` is written to seen().
  Result<After> look(const Deadline& deadline);

  // As the bystander's: past TCP and TLS. And after a CONNECT with an id of its own that is drawn for `label`.
  Result<wire::MqttLink> open(const Deadline& deadline) const;
  struct Guest {
    wire::MqttLink link;
    wire::LoggedIn answer;
  };
  Result<Guest> log_in(std::string_view label, const Deadline& deadline) const;

  const Client& client() const { return client_; }
  wire::TlsOffer offer() const { return offer_; }
  Clock::duration timeout() const { return timeout_; }

 private:
  explicit Bystander(const Attempt& attempt);
  Result<wire::ConnectionFacts> visit(std::string_view label, const Deadline& deadline) const;
  Result<void> settle(const Deadline& deadline);
  Result<bool> still_answers(const Deadline& deadline);

  Client client_;
  Clock::duration timeout_;
  wire::TlsOffer offer_{};
  std::optional<wire::MqttLink> link_;  // while it is served
  Observation seen_;
  bool is_served_ = false;
  bool is_alone_ = false;
};

// ErrorKind::interrupted on a stop; else `seen`, with the time that it took.
Result<Observation> unless_stopped(Observation seen, const Client& client, Clock::time_point start,
                                   const Deadline& deadline);

// A number that the plan gives, or that one.
std::size_t number_of(const Attempt& attempt, const std::string& parameter, std::size_t otherwise);

}  // namespace mqtts::probes
