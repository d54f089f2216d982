// The fixed words of plans: the readers take them from here, and what is generated from them does, too.
#pragma once

#include <string>
#include <vector>

#include "harness/model/observation.h"

namespace mqtts::plan {

// Fields of a client, each of which a negative check may change.
const std::vector<std::string>& client_fields();
const std::vector<std::string>& mqtt_versions();   // the default first
const std::vector<std::string>& password_forms();  // in the order of PasswordForm
const std::vector<std::string>& key_types();       // the default first
const std::vector<std::string>& listener_ports();  // those that the target says

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
