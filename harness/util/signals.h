// Ctrl-C and its kin: asked once, everything winds up in order.
#pragma once

#include "harness/util/deadline.h"

namespace mqtts {

// From now on SIGINT, SIGTERM and SIGHUP set the flag in place of ending the process; SIGPIPE is ignored. The
// flag holds the first signal's number. May be called more than once.
const StopFlag& watch_signals();

}  // namespace mqtts
