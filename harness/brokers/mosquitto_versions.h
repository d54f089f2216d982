// Differences between versions of Mosquitto that affect us.
#pragma once

#include <optional>
#include <string_view>

#include "harness/brokers/broker_version.h"
#include "harness/util/message.h"

namespace mqtts::brokers {

// Parses the output of `mosquitto -h` or Mosquitto's log: the first "mosquitto version N.N.N" in it, at any place. The
// patch level may be missing (it is 0 then, as in "1.6"). Returns none for hostile text.
std::optional<BrokerVersion> broker_version_from(std::string_view words);

enum class PasswordHash {
  sha512,        // "$6$": SHA-512 over password and salt
  pbkdf2_sha512  // "$7$": PBKDF2 with HMAC-SHA-512
};

struct Dialect {
  std::string_view name;       // the first version that uses it
  PasswordHash password_hash;  // the strongest that all versions of the dialect read
};

struct DialectChoice {
  Dialect dialect;
  Message doubt;  // a message about an unknown version; else empty
};

// For a missing version (it could not be asked) or an unknown one: the nearest known one, and a doubt.
DialectChoice dialect_of(const std::optional<BrokerVersion>& version);

}  // namespace mqtts::brokers
