// From what was seen to a verdict: pure functions, and the only place where verdicts are made.
#pragma once

#include <optional>
#include <vector>

#include "harness/model/observation.h"
#include "harness/model/plan.h"
#include "harness/model/report.h"
#include "harness/util/error.h"

namespace mqtts::engine {

struct Judgement {
  Verdict verdict{};
  Message message;  // one sentence: why
};

// What one attempt came to. An Error says nothing about the broker.
using Seen = Result<Observation>;

// What the broker's host says of the broker's process, where it can be asked.
enum class HostSays {
  nothing,
  broker_runs,
  nothing_listens,  // the broker runs, and the client's port is open to nobody
  broker_is_down
};

// A negative check that was attempted beside a positive one, to show that the broker looks.
struct Refuter {
  const CheckSpec* check = nullptr;
  Seen seen;
};

struct PositiveEvidence {
  Seen opening;
  std::optional<Seen> closing;    // asked again after the negative checks that lean on it; none: nothing leant
  std::vector<Refuter> refuters;  // the checks of `proven_by`
  HostSays host = HostSays::nothing;
  std::string port{};        // the client's
  std::string last_error{};  // of a broker that is down, in its own words
};

// A check that expects to be let in. `fail` if the other side answered otherwise, or if its host says that
// the broker is down or that nothing listens; `error` if nothing answered. One that was let in before the checks that
// lean on it and not after them is an `error`, for a limit, a ban or a restart would look the same; `fail` only if the
// host says that the broker is down or that nothing listens any more. Being let in proves nothing, and is a `fail`, if
// the client's certificate was never asked for, or if a client of `proven_by` was let in too; it is an `error` if one
// of those got no answer that refuses it.
Judgement judge_positive(const CheckSpec& check, const PositiveEvidence& evidence);

struct NegativeEvidence {
  std::optional<Seen> seen;  // none: not attempted, as the opening control was not accepted
  Seen opening_control;
  std::optional<Seen> closing_control;
};

// A check that expects a refusal. `pass` needs the layer and the reason that the plan allows, and its control
// accepted before and after, where the broker also asked for the certificate that both bring, if they do; a refusal of
// a certificate must have been asked for one on its own connection. `fail` if the client got past the layer that should
// have refused it; `error` else. (For a closed listener see closed_listener.h.)
Judgement judge_negative(const CheckSpec& check, const NegativeEvidence& evidence);

// Why nothing that leans on this control may be judged; none: it was accepted before and after.
std::optional<Judgement> doubt_of_control(const CheckSpec& check, const Seen& opening,
                                          const std::optional<Seen>& closing);

// Why an attempt that ended in an Error leaves its check unjudged.
Judgement unjudged(const Error& error);

// True if all that was asked for was done.
bool is_accepted(const Seen& seen);

// True if CONNACK let the client in, whatever became of its message: what leans on such a control may be judged, as
// no negative check asks for more than to be let in.
bool is_let_in(const Seen& seen);

// True if somebody took the client's TCP connection, whatever came of it.
bool was_answered(const Observation& seen);

// True if it is what the check allows.
bool is_allowed(const CheckSpec& check, const Observation& seen);

}  // namespace mqtts::engine
