// Logins by our own probe, one after the other, each with a client id of its own.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/model/interfaces.h"
#include "harness/model/observation.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/wire/probe_connection.h"

namespace mqtts::probes {

// Of a user name or password that nobody has.
constexpr std::size_t made_up_length = 12;

class Logins {
 public:
  // Each connection has the attempt's `timeout`.
  Logins(const Attempt& attempt, const Deadline& deadline) : attempt_(attempt), deadline_(deadline) {}

  // The attempt's own client, which should be let in.
  Result<wire::ConnectionFacts> right();
  Result<wire::ConnectionFacts> with(const std::string& user_name, const std::string& password);
  // A user name or password of that many letters and digits, never the same.
  std::string made_up(std::size_t length);

 private:
  Result<wire::ConnectionFacts> make(Client client);

  const Attempt& attempt_;
  const Deadline& deadline_;
  int count_ = 0;
  bool requires_client_id_ = false;
};

// Refused by the broker for its user name or password, and for nothing else.
bool is_wrong_login(const wire::ConnectionFacts& facts);

inline bool is_let_in(const wire::ConnectionFacts& facts) { return facts.outcome == Outcome::accepted; }

// Whether the attempt's client has an account whose password may be right.
bool has_account(const Attempt& attempt);
tl::unexpected<Error> needs_account();

}  // namespace mqtts::probes
