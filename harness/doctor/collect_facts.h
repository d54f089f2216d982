// Doctor's eyes: the only part of it that touches the world, and it changes nothing there.
#pragma once

#include "harness/doctor/facts.h"
#include "harness/util/deadline.h"

namespace mqtts::doctor {

// Each step (a connection, the login, the host's answer) ends `step_time` after it began, and all by `deadline`.
Facts observe(const Target& target, Clock::duration step_time, const Deadline& deadline);

}  // namespace mqtts::doctor
