// The fixed words of plans: the readers take them from here, and what is generated from them does, too.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/observation.h"
#include "harness/model/plan.h"

namespace mqtts::plan {

// Fields of a client, each of which a negative check may change.
const std::vector<std::string>& client_fields();
const std::vector<std::string>& mqtt_versions();  // the default first
const std::vector<std::string>& rights();          // of an account on topics
const std::vector<std::string>& password_forms();  // in the order of PasswordForm
std::vector<std::string> key_types();             // the default first
std::optional<KeyType> key_type_from(std::string_view name);
std::vector<std::string> digests();  // the default first
std::optional<SignatureDigest> digest_from(std::string_view name);
const std::vector<std::string>& extended_usages();  // extendedKeyUsage, by OpenSSL's names
const std::vector<std::string>& usages();           // keyUsage, likewise
const std::vector<std::string>& listener_ports();   // those that the target says

// How far a control must get, and what a client may be expected to reach.
const std::vector<std::string>& control_layers();
const std::vector<std::string>& reachable_layers();

struct OutcomeWords {
  std::string word;  // "refused"
  Outcome outcome{};
  std::vector<std::string> by;  // who it may be by
};

const std::vector<OutcomeWords>& outcome_words();

}  // namespace mqtts::plan
