// Writes the file of Mosquitto's dynamic security plug-in without mosquitto_ctrl.
#pragma once

#include <string>
#include <vector>

#include "harness/model/materials.h"

namespace mqtts::brokers {

// Returns a whole dynamic-security.json (mosquitto.org/documentation/dynamic-security): of each account a client with
// its password's hash (PBKDF2 with HMAC-SHA-512, a fresh salt of 12 bytes, 101 iterations, as mosquitto_ctrl of 2.0
// writes it) and one role with its rules. By default nothing may be sent, received or subscribed to: mosquitto_ctrl's
// own default lets every client receive. A rule that allows to read allows to subscribe by that filter, or a narrower
// one, and to receive what it matches.
std::string dynamic_security_file(const std::vector<Credentials>& accounts, const std::vector<AccountRules>& rules);

}  // namespace mqtts::brokers
