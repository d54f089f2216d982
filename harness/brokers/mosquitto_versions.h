// What differs from one version of Mosquitto to the next, as far as we depend on it.
#pragma once

#include <optional>
#include <string_view>

#include "harness/brokers/broker_version.h"
#include "harness/util/message.h"

namespace mqtts::brokers {

// From what `mosquitto -h` or Mosquitto's log says: the first "mosquitto version N.N.N" in it, wherever it stands. The
// patch level may be missing (it is 0 then, as in "1.6"). Hostile text is only ever not a version.
std::optional<BrokerVersion> broker_version_from(std::string_view words);

enum class PasswordHash {
  sha512,        // "$6$": SHA-512 over password and salt
  pbkdf2_sha512  // "$7$": PBKDF2 with HMAC-SHA-512
};

struct Dialect {
  std::string_view name;       // the first version that speaks it
  PasswordHash password_hash;  // the strongest that all versions of the dialect read
};

struct DialectChoice {
  Dialect dialect;
  Message doubt;  // a sentence that says so, if the version is not one that we know; else empty
};

// For no version (it could not be asked), and for one that we do not know, the nearest that we do, and a doubt.
DialectChoice dialect_of(const std::optional<BrokerVersion>& version);

}  // namespace mqtts::brokers
