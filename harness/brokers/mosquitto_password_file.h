// Writes Mosquitto's password file without mosquitto_passwd.
#pragma once

#include <string>
#include <vector>

#include "harness/brokers/mosquitto_versions.h"
#include "harness/model/materials.h"
#include "harness/util/error.h"

namespace mqtts::brokers {

// "$7$<iterations>$<salt>$<hash>", salt and hash in base64: PBKDF2 with HMAC-SHA-512, 64 bytes (RFC 8018 section
// 5.2). Mosquitto 2.0 and 2.1 read it; 2.0 only with a salt of 12 bytes.
std::string pbkdf2_hash(const std::string& password, const std::string& salt, int iterations);

// The same with a fresh salt of 12 bytes, and 101 iterations, as Mosquitto 2.0's own programs write it.
std::string fresh_pbkdf2_hash(const std::string& password);

// "$6$<salt>$<hash>", salt and hash in base64: one SHA-512 (FIPS 180-4) over the password's bytes and the salt's,
// Mosquitto's own format and not crypt(3)'s. All versions read it with a salt of 12 bytes; 1.6 reads nothing else.
std::string sha512_hash(const std::string& password, const std::string& salt);

// Returns a whole password file: one line "name:hash" per account, each with a fresh salt of 12 bytes, as the
// mosquitto_passwd of 1.6 writes it with PasswordHash::sha512, and that of 2.0 with pbkdf2_sha512 (101 iterations).
// ErrorKind::invalid_input for a user name that Mosquitto would misread.
Result<std::string> password_file(const std::vector<Credentials>& accounts, PasswordHash hash);

}  // namespace mqtts::brokers
