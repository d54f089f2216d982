// Two witnesses of one attempt: may they be believed together? Pure.
#pragma once

#include "harness/model/reasons.h"
#include "harness/util/error.h"
#include "harness/wire/paho_client.h"
#include "harness/wire/probe_connection.h"

namespace mqtts::probes {

// Is Paho to be asked about a broker that our own probe saw so? Not where nothing answered in time, since no time is
// left; and not where the answer was no proper CONNACK of our version: Paho trusts what it reads, and
// reads memory that is not there when a CONNACK of MQTT 5 has no properties.
bool should_confirm_with_paho(const wire::ConnectionFacts& facts, MqttVersion version);

// ErrorKind::disagreement if they contradict each other: one got in and the other did not, or they were refused with
// different codes. What Paho fails at below MQTT agrees with every refusal below MQTT. A name mismatch is
// ours alone to see: Paho is given addresses, not names, and takes a CN even from a certificate with a
// subjectAltName.
Result<void> agree(const wire::ConnectionFacts& facts, const wire::PahoAnswer& paho);

}  // namespace mqtts::probes
