// Derives findings from facts. Pure.
#pragma once

#include "harness/doctor/facts.h"
#include "harness/doctor/finding.h"
#include "harness/model/target.h"

namespace mqtts::doctor {

// All findings, in the order in which a person would check them.
Findings findings(const Target& target, const Facts& seen);

// Its parts.
Findings local_findings(const Facts& seen);
Findings login_findings(const Target& target, const Facts& seen);
Findings broker_findings(const Target& target, const Facts& seen);  // clock, program, configuration, service
Findings port_findings(const Target& target, const Facts& seen);    // both ports, firewall
Findings file_findings(const Target& target, const Facts& seen);    // certificates, keys, log, disk, journal
Findings lab_findings(const Target& target, const Facts& seen);     // chain, name, keys, clients, accounts

// Returns 0: nothing is broken; 1: something is; 3: the host could not be examined (no SSH, unreachable, no answer).
int exit_code(const Target& target, const Facts& seen, const Findings& all);

// ---- shared by the parts ----------------------------------------------------------------------------------------

// A command line, the same in every language.
Message command(std::string line);

// A command line that needs root, to be typed on the broker's host.
Message command_on_host(const Target& target, const std::string& line);

// "sudo ", or "" if the login user is root.
std::string sudo(const Target& target);

// True for what other programs of the host rely on: nothing is advised that changes it or who owns it.
bool is_of_the_system(const std::string& path);

// "2026-11-24 22:10" in UTC.
std::string date(std::int64_t seconds);

}  // namespace mqtts::doctor
