// From what was seen to what is to be said of it. Pure.
#pragma once

#include "harness/doctor/facts.h"
#include "harness/doctor/finding.h"
#include "harness/model/target.h"

namespace mqtts::doctor {

// In the order in which a person would look.
Findings findings(const Target& target, const Facts& seen);

// The parts of it.
Findings local_findings(const Facts& seen);
Findings login_findings(const Target& target, const Facts& seen);
Findings broker_findings(const Target& target, const Facts& seen);  // clock, program, configuration, service
Findings port_findings(const Target& target, const Facts& seen);    // both ports, firewall
Findings file_findings(const Target& target, const Facts& seen);    // certificates, keys, log, disk, journal

// 0: nothing needs mending; 1: something does; 3: the host could not be looked at (no SSH, unreachable, no answer).
int exit_code(const Target& target, const Facts& seen, const Findings& all);

// ---- what the parts share ---------------------------------------------------------------------------------------

// A command line as it is, in any language.
Message command(std::string line);

// A command line that needs root's rights, to be typed on the broker's host.
Message command_on_host(const Target& target, const std::string& line);

// "sudo ", or nothing where the login user is root already.
std::string sudo(const Target& target);

// "2026-11-24 22:10" in UTC.
std::string date(std::int64_t seconds);

}  // namespace mqtts::doctor
