#include "harness/brokers/drivers.h"

#include <algorithm>
#include <stdexcept>

#include "harness/brokers/mosquitto.h"

namespace mqtts::brokers {

const std::vector<const BrokerDriver*>& drivers() {
  static const std::vector<const BrokerDriver*> all = {
      &mosquitto(),
  };
  return all;
}

std::vector<std::string> driver_names() {
  std::vector<std::string> names;
  for (const auto* driver : drivers()) names.emplace_back(driver->name());
  return names;
}

const BrokerDriver* find_driver(std::string_view name) {
  const auto found = std::ranges::find(drivers(), name, &BrokerDriver::name);
  return found == drivers().end() ? nullptr : *found;
}

const BrokerDriver& driver_of(const BrokerProfile& profile) {
  if (profile.driver.empty()) return *drivers().front();
  const auto* driver = find_driver(profile.driver);
  if (driver == nullptr) throw std::logic_error("there is no broker driver " + profile.driver);
  return *driver;
}

}  // namespace mqtts::brokers
