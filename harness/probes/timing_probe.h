// Does the time that a refusal takes tell whether the user exists?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "login_timing". Wrong passwords of the attempt's own user and of users who do not exist, by turns in random
// order, in pairs: `samples` (60) of them, and up to four times as many where these do not settle it. The time from
// CONNECT to CONNACK is compared by pairs (see signed_rank.h), at a confidence of 99.9 % for the whole probe.
//
// "timing.distinguishable": true if the difference is surely above 1 ms, false if it is surely below. Neither, and no
// other fact, if the attempt's own account was not let in before and after, if one of the others was not refused as a
// wrong login, or if the machine is too noisy: halves of the known user's times differ, or the interval holds 1 ms.
ProbeKind login_timing_kind();

}  // namespace mqtts::probes
