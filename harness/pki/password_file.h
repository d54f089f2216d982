// Mosquitto's password file, without its mosquitto_passwd.
#pragma once

#include <string>
#include <vector>

#include "harness/model/error.h"
#include "harness/model/material.h"

namespace mqtts::pki {

// "$7$<iterations>$<salt>$<hash>", salt and hash in base64: PBKDF2 with HMAC-SHA-512, 64 bytes (RFC 8018 section
// 5.2). Mosquitto 2.0 and 2.1 read it.
std::string password_hash(const std::string& password, const std::string& salt, int iterations);

// A whole password file: one line "name:hash" an account, each with a fresh salt, as mosquitto_passwd 2.0
// writes it (101 iterations, 12 bytes of salt). ErrorKind::invalid_input for a user name that Mosquitto would
// read as something else.
Result<std::string> password_file(const std::vector<Credentials>& accounts);

}  // namespace mqtts::pki
