// Puts a target's values into a plan.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "harness/model/plan.h"
#include "harness/model/target.h"

namespace mqtts::plan {

using Variables = std::map<std::string, std::string>;

// broker.address, broker.plain_port, broker.tls_port, broker.plain_listener, broker.tls_listener, broker.user,
// host.home, host.root.
Variables target_variables(const Target& target);

// Puts `variables` in place of each ${name}; each occurrence of ${random} becomes a `random_text()` of its own.
// Titles and hints stay as they are. A negative check has its control's random texts, but for the one factor that it
// changes; where that is a password or a user's name that is ${random} and nothing else, ClientSpec says so.
Plan expand(Plan plan, const Variables& variables, const std::function<std::string()>& random_text);

}  // namespace mqtts::plan
