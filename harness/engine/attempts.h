// The attempts of a stage's checks, and what the broker's host says beside them.
#pragma once

#include <optional>
#include <string>

#include "harness/engine/judge.h"
#include "harness/engine/resolve.h"
#include "harness/engine/run.h"

namespace mqtts::engine {

// One attempt: what was seen, and how long it took.
struct Attempted {
  Seen seen;
  double seconds = 0;
};

enum class Log {
  read,  // the broker's lines about this attempt become its evidence
  leave
};

// All arguments must outlive this object.
class Attempts {
 public:
  Attempts(const Plan& plan, Environment& environment, const Options& options, const Deadline& deadline)
      : plan_(plan), environment_(environment), options_(options), deadline_(deadline) {}

  // `name` is that of the attempt, of which a target has no other: what is random in it is drawn for that name.
  // What of a check that acts may come late is not waited for: see settle().
  Attempted of(const CheckSpec& check, const std::string& name, const ClientSpec& client, const ProbeSpec& probe,
               Log log = Log::read, Programs programs = Programs::both);

  // An attempt, complete but for who makes it; `make` then makes it.
  Result<Attempt> prepared(const CheckSpec& check, const std::string& name, const ClientSpec& client,
                           const ProbeSpec& probe, Programs programs = Programs::both) const;
  Attempted make(const Attempt& attempt, const CheckSpec& check, Log log);

  // Our own probe alone: it sees who refuses and why, and one wrong login is less than two. (See repeats.h for the
  // rest.)
  Attempted expecting_rejection(const CheckSpec& check, const std::string& name, const ClientSpec& client,
                                const Endpoint& endpoint, Clock::duration wait, bool requires_client_id = false);

  // Asked only where nobody answered on the network.
  HostSays host_says(const CheckSpec& check, const Seen& seen) const;

  // Why the broker did not start, in its own words; without them a verdict stands all the same.
  std::string last_error(const CheckSpec& check) const;

 private:
  std::optional<Error> missing_need(const CheckSpec& check, const Needs& needs) const;
  bool is_first_to_trust(const CheckSpec& check) const;
  Seen observe(const Attempt& attempt, Log log);

  const Plan& plan_;
  Environment& environment_;
  const Options& options_;
  const Deadline& deadline_;
};

}  // namespace mqtts::engine
