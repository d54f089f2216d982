// From what a broker's host tells to the facts that plans ask for. Pure. A fact that says that something is well is
// there only if all that it speaks of was looked at; one that says that something is wrong as soon as that was seen.
#pragma once

#include <string_view>
#include <vector>

#include "harness/model/interfaces.h"
#include "harness/model/target.h"
#include "harness/remote/security_answer.h"

namespace mqtts::remote {

HostLook security_facts(const SecurityAnswer& answer, const BrokerProfile& profile);

// Empty if it is as strong as the OWASP Password Storage Cheat Sheet asked until 2025 (PBKDF2-HMAC-SHA512 with 210,000
// rounds, now 220,000; of argon2id one of its pairs of memory and passes); else what it is. What a broker writes by
// itself may be weak by that: Mosquitto 2.0 writes 101 rounds unless it is told otherwise.
std::string weakness_of(const PasswordHash& hash);

}  // namespace mqtts::remote
