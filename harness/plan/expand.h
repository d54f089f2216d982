// Substitutes a target's values in a plan.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "harness/model/plan.h"
#include "harness/model/target.h"

namespace mqtts::plan {

using Variables = std::map<std::string, std::string>;

// Returns broker.address, broker.plain_port, broker.tls_port, broker.websocket_port and broker.secure_websocket_port
// ("0": not said), broker.websocket_path, broker.plain_listener, broker.tls_listener, broker.user, host.home, host.root.
Variables target_variables(const Target& target);

// Replaces each ${name} with its value in `variables`, and each occurrence of ${random} with a new `random_text()`.
// Titles and hints stay unchanged. A negative check has its control's random texts, except in the factor that it
// changes; if that is a password or user name equal to ${random}, sets ClientSpec::any_password or any_user_name.
Plan expand(Plan plan, const Variables& variables, const std::function<std::string()>& random_text);

}  // namespace mqtts::plan
