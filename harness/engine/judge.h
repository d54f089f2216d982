// From what was seen to a verdict: pure functions, and the only place where verdicts are made.
#pragma once

#include <optional>
#include <vector>

#include "harness/model/error.h"
#include "harness/model/observation.h"
#include "harness/model/plan.h"
#include "harness/model/report.h"

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
struct Witness {
  const CheckSpec* check = nullptr;
  Seen seen;
};

// What it means if a client was let in, and later nobody answered it in time.
enum class Silence {
  is_an_end,  // the broker, which is ours alone, has come to harm
  is_doubt,   // a broker among many on a busy machine may just be slow
};

struct PositiveEvidence {
  Seen opening;
  Silence silence = Silence::is_an_end;
  std::optional<Seen> closing;     // asked again after the negative checks that lean on it; none: nothing leant
  std::vector<Witness> witnesses;  // the checks of `proven_by`
  HostSays host = HostSays::nothing;
  std::string port{};        // the client's
  std::string last_error{};  // of a broker that is down, in its own words
};

// A check that expects to be let in. `fail` if the other side answered otherwise, or if its host says that
// the broker is down or that nothing listens; `error` if nothing answered. Being let in proves nothing, and is a
// `fail`, if the client's certificate was never asked for, or if a client of `proven_by` was let in too; it is an
// `error` if one of those got no answer that refuses it.
Judgement judge_positive(const CheckSpec& check, const PositiveEvidence& evidence);

struct NegativeEvidence {
  std::optional<Seen> seen;  // none: not attempted, as the opening control was not accepted
  Seen opening_control;
  std::optional<Seen> closing_control;
};

// A check that expects a refusal. `pass` needs the layer and the reason that the plan allows, and its control
// accepted before and after, where the broker also asked for the certificate that both bring, if they do; `fail` if the
// client got past the layer that should have refused it; `error` else.
Judgement judge_negative(const CheckSpec& check, const NegativeEvidence& evidence);

// True if the control's attempt was accepted, so that what leans on it may be judged.
bool is_accepted(const Seen& seen);

// True if somebody took the client's TCP connection, whatever came of it.
bool was_answered(const Observation& seen);

// True if it is what the check allows.
bool is_allowed(const CheckSpec& check, const Observation& seen);

}  // namespace mqtts::engine
