// Asks a listener, one ClientHello at a time, what it accepts, and tells a refusal that is proven from silence. What
// the probes of TLS share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/interfaces.h"
#include "harness/model/observation.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/wire/hello_connection.h"
#include "harness/wire/tls_hello.h"

namespace mqtts::probes {

using SuiteNumbers = std::vector<std::uint16_t>;

SuiteNumbers suites_for(wire::TlsVersion version);       // all that the version knows
SuiteNumbers weak_suites_for(wire::TlsVersion version);  // see wire::is_weak

// What a listener accepts of one version and some suites.
struct Accepted {
  std::vector<wire::ServerHello> hellos;  // in the order found; their version may be an older one than asked for
  bool complete = false;                  // it has refused the others by an alert that means it
  bool knows_version = true;              // false: it has refused the version, whatever the suites
  wire::HelloAnswer last;                 // the answer after which it was asked no more

  SuiteNumbers of(wire::TlsVersion version) const;
};

class TlsListener {
 public:
  // Borrows all of them. Each connection has `timeout`.
  TlsListener(const Client& client, Clock::duration timeout, const Deadline& deadline)
      : client_(client), timeout_(timeout), deadline_(deadline) {}

  // Says a hello that a sound server accepts, of TLS 1.3 and 1.2, or of TLS 1.2 alone if it refuses that (tried: one
  // with pre-shared keys and no certificate); later the same again. A refusal of another hello says nothing of that
  // hello unless this one is accepted before and after it.
  Result<wire::HelloAnswer> say_sound_hello();

  // Offers the suites, then those that are left, until all are refused or `most` were accepted.
  Result<Accepted> find(wire::TlsVersion version, const SuiteNumbers& suites, std::size_t most);

  // Says one hello; once more if the connection ends without an alert.
  Result<wire::HelloAnswer> say(const wire::ClientHello& hello);

 private:
  Result<void> find_among(const SuiteNumbers& suites, wire::ClientHello hello, std::size_t most, Accepted& found);

  const Client& client_;
  const Clock::duration timeout_;
  const Deadline& deadline_;
  std::optional<wire::ClientHello> sound_;
};

// What was seen between two sound hellos. Its outcome is accepted if both were answered by a ServerHello, or why not.
struct BetweenHellos {
  Observation seen;
  bool is_sound = false;  // both were accepted: what was refused between them was refused for what it is
};

// Says a sound hello, calls `ask`, says another one. Does not ask where nobody answers.
Result<BetweenHellos> between_sound_hellos(const Attempt& attempt, const Deadline& deadline,
                                           const std::function<Result<void>(TlsListener&, Observation&)>& ask);

std::vector<std::string> names_of(const SuiteNumbers& suites);

// What the listener has answered to `what`: "TLSv1.1".
Message in_words(const std::string& what, const wire::HelloAnswer& answer);

// Adds notes: the suites that were accepted, and the last answer.
void add_notes(Observation& seen, wire::TlsVersion version, const Accepted& found);

}  // namespace mqtts::probes
