// Does the broker slow down who guesses a password?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "login_guessing". After the right login, `guesses` (20) wrong passwords of the same account in a row, then the
// right one again.
//
// "guessing.slowed": false if all guesses were answered as wrong logins at one speed, and the right login was let in
// before and at once after. True if the last guesses were answered at least four times as slowly as the first ones or
// as the right login, and 100 ms more, while the right login is fast; if the right login is refused by CONNACK after
// them; or if the last ones were turned away in another manner, the right login was let in after some seconds, and a
// second row of guesses was turned away again. Else absent. "guessing.rate_per_second": of the guesses, if all were
// answered as wrong logins and the right login was let in after.
ProbeKind login_guessing_kind();

}  // namespace mqtts::probes
