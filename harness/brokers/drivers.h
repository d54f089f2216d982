// The drivers that there are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/brokers/driver.h"
#include "harness/model/target.h"

namespace mqtts::brokers {

// All drivers, the default one first.
const std::vector<const BrokerDriver*>& drivers();

std::vector<std::string> driver_names();

// Returns null if there is none of this name.
const BrokerDriver* find_driver(std::string_view name);

// Returns the driver that the profile names, or the default one where it names none. Readers of profiles refuse other
// names; throws std::logic_error for one.
const BrokerDriver& driver_of(const BrokerProfile& profile);

}  // namespace mqtts::brokers
