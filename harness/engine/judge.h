// From what was seen to a verdict: pure functions, and the only place where verdicts are made.
#pragma once

#include <map>
#include <optional>
#include <string>
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

// What the other checks of the stage saw, by id: some facts are compared with theirs.
using SeenByOthers = std::map<std::string, Observation>;

struct PositiveEvidence {
  Seen opening;
  std::optional<Seen> closing;    // asked again after the negative checks that lean on it; none: nothing leant
  std::vector<Refuter> refuters;  // the checks of `proven_by`
  HostSays host = HostSays::nothing;
  std::string port{};        // the client's
  std::string name{};        // of the broker, which its certificate must be for
  std::string user{};        // who logged in; empty: nobody
  std::string reader{};      // the same for the probe's other client
  std::string last_error{};  // of a broker that is down, or does not listen, in its own words
  std::string restart{};     // what starts it, typed on its host; may be empty
  SeenByOthers others{};
};

// A missing need or material is a `skip`, as is what a signal has stopped before it was tried; a control that has not
// got as far as the check needs, before or after, an `error`; an expectation that is met and not refuted a `pass`; a
// client that got past the layer that should have stopped it, or a known fact that contradicts, a `fail`; anything else
// (a fact that was not seen, no answer, an end at another place) an `error`.

// A check that expects to be let in. `fail` if the other side answered otherwise, or if its host says that
// the broker is down or that nothing listens; `error` if nothing answered. One that was let in before the checks that
// lean on it and not after them is an `error`, for a limit, a ban or a restart would look the same; `fail` only if the
// host says that the broker is down or that nothing listens any more. Being let in proves nothing, and is a `fail`, if
// the client's certificate was never asked for, or is of another CA than the plan says, or if a client of `proven_by`
// was let in too; it is an `error` if one of those got no answer that refuses it.
Judgement judge_positive(const CheckSpec& check, const PositiveEvidence& evidence);

struct NegativeEvidence {
  std::optional<Seen> seen;  // none: not attempted, as the opening control was not accepted
  Seen opening_control;
  std::optional<Seen> closing_control;
  SeenByOthers others{};
  bool is_of_another_ca = false;  // its certificate, in the plan, than the control's
};

// A check that expects a refusal. `pass` needs the layer and the reason that the plan allows, and its control
// accepted before and after, where the broker also asked for the certificate that both bring, if they do; a refusal of
// a certificate must have been asked for one on its own connection. `fail` if the client got past the layer that should
// have refused it, or if its certificate is of another CA and the control was let in with such a one; `error` else.
// (For a closed listener see closed_listener.h.)
Judgement judge_negative(const CheckSpec& check, const NegativeEvidence& evidence);

// Why nothing that leans on this control may be judged; none: it was accepted before and after.
std::optional<Judgement> doubt_of_control(const CheckSpec& check, const Seen& opening,
                                          const std::optional<Seen>& closing);

// Of a check that a signal has kept from being tried.
Judgement not_tried();

// Why an attempt that ended in an Error leaves its check unjudged.
Judgement unjudged(const Error& error);

// True if all that was asked for was done.
bool is_accepted(const Seen& seen);

// True if CONNACK let the client in, whatever became of its message.
bool is_let_in(const Seen& seen);

// True if the client got past every layer that should have stopped it; where a listener should be closed, if anybody
// answered in MQTT.
bool got_past(const CheckSpec& check, const Observation& seen);

// True if a control got as far as `check` needs it (CheckSpec::control_reaches).
bool reaches(const Seen& control, const CheckSpec& check);

// True if a client that is asked again, after what leant on it, got as far as before: as `most` asks for at most.
bool holds_again(const Observation& opening, const Observation& closing, Layer most = Layer::mqtt);

// What an observation says of the facts that an expectation demands.
enum class FactsSay {
  hold,
  contradict,  // at least one is known, and another than is demanded
  unknown      // at least one was not seen, and none contradicts
};
struct FactJudgement {
  FactsSay say = FactsSay::hold;
  Message why;  // unless they hold
};
FactJudgement judge_facts(const Expected& wanted, const Observation& seen, const SeenByOthers& others);

// True if somebody took the client's TCP connection, whatever came of it.
bool was_answered(const Observation& seen);

// True if it is what the check allows.
bool is_allowed(const CheckSpec& check, const Observation& seen);

}  // namespace mqtts::engine
