// A broker's profile for tests that touch no host.
#pragma once

#include "harness/model/target.h"

namespace mqtts::remote {

inline BrokerProfile a_profile() {
  return {.name = "mosquitto",
          .configuration_path = "/etc/mosquitto/mosquitto.conf",
          .log_path = "/var/log/mosquitto/mosquitto.log",
          .pid_file = "/run/mosquitto/mosquitto.pid",
          .user = "mosquitto",
          .process = "mosquitto",
          .stop_command = "systemctl stop mosquitto",
          .start_command = "systemctl start mosquitto",
          .version_command = "mosquitto -h",
          .journal = "/var/lib/mqtts-harness/mosquitto"};
}

}  // namespace mqtts::remote
