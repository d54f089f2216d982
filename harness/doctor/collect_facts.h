// Collects the facts for doctor; changes nothing on the host.
#pragma once

#include "harness/doctor/facts.h"
#include "harness/util/deadline.h"

namespace mqtts::doctor {

// Each step (a connection, the login, the host's answer) takes at most `step_time`, and all end by `deadline`.
Facts observe(const Target& target, Clock::duration step_time, const Deadline& deadline);

}  // namespace mqtts::doctor
