// Can a client without the right to read take messages away from one that has it?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "shared_group". The client publishes to "topic"; role "member" reads it by a shared subscription
// ("$share/GROUP/TOPIC", MQTT 5.0 section 4.8.2; many brokers have it in MQTT 3.1.1, too); role "intruder", who must not
// read it, asks to join the group. Parameter "topic".
//
// Fact "shared_group.lost": of the messages sent while the intruder was there, how many did not come to the member; a
// broker that hands them to the intruder and drops them there loses half (5 of 10, Mosquitto 2.0.11 with a list of rules). Known
// only if the member got all of those sent before, and all of those sent once the intruder had left.
ProbeKind shared_group_kind();

}  // namespace mqtts::probes
