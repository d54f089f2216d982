// SIGINT, SIGTERM and SIGHUP set a stop flag.
#pragma once

#include "harness/util/deadline.h"

namespace mqtts {

// From now on these signals set the flag instead of ending the process; SIGPIPE is ignored. The flag holds the number
// of the first signal. May be called more than once.
const StopFlag& watch_signals();

}  // namespace mqtts
