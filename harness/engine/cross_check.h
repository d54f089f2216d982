// What only shows once all stages of a broker have been observed: it stands still meanwhile, so what one stage's checks
// saw bears on another's.
#pragma once

#include "harness/engine/recording_prober.h"
#include "harness/engine/run.h"

namespace mqtts::engine {

// In this order:
// - Nothing answered on a port, which passes, and at another time somebody was let in there: `fail`. Something answered
//   there: that listener comes and goes: `error`.
// - A client that should be let in found nobody, or lost its connection, and the broker has spoken on that port at
//   another time of the look, or does when it is asked once more: `error`, for it was away for a while.
// - A client that should be let in was turned away, and the same client was let in for another check: `error`.
// - A client was let in only with what a later stage demands. The checks of the stages up to there prove that it does,
//   or disprove it, which is a `fail`; where they could not be judged, the client is tried once more without it and
//   with it.
// - Nobody answered on a listener that a later stage has closed, as its own check proves: `pass`.
// - A port refuses a client that should be let in, and refuses it once more, while another port of the same broker
//   lets one in before and after that: it does not listen there, which is a `fail`. This takes two more connections a
//   port.
// - Nobody answered on a listener, and the check that should prove it rightly closed could not be judged: `error`.
void cross_check(const Plan& plan, Environment& environment, const RecordingProber& prober, const Options& options,
                 const Deadline& deadline, TargetResult& target);

}  // namespace mqtts::engine
