// What a probe saw, in words for people, and the line that shows it again. Pure. No secret ever gets in here:
// a password becomes "$PASSWORD", material a file name without a folder.
#pragma once

#include <string>
#include <vector>

#include "harness/model/interfaces.h"
#include "harness/model/observation.h"
#include "harness/wire/paho_client.h"
#include "harness/wire/probe_connection.h"

namespace mqtts::probes {

// "refused by tls-peer with 116 (certificate_required)"
std::string summary(const wire::ConnectionFacts& facts);
std::string summary(const wire::PahoAnswer& answer);

// "TLSv1.3 TLS_AES_256_GCM_SHA384; certificate requested: yes; ...; <the system's own words>"
std::string tls_summary(const wire::ConnectionFacts& facts);

// What to paste into a shell to see it again. `topic` empty: connect only.
std::string mosquitto_pub_line(const Client& client, const std::string& topic);
std::string mosquitto_sub_line(const Client& client, const std::string& topic);
std::string s_client_line(const Client& client);

// The fact as an Observation, with what both clients and the reader of the report need as evidence.
Observation to_observation(const wire::ConnectionFacts& facts, const Client& client);

}  // namespace mqtts::probes
