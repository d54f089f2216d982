// The driver of Eclipse Mosquitto, 1.6 to 2.1.
#pragma once

#include "harness/brokers/driver.h"

namespace mqtts::brokers {

const BrokerDriver& mosquitto();

}  // namespace mqtts::brokers
