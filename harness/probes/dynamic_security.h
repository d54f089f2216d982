// Orders to Mosquitto's dynamic security plug-in, over MQTT (mosquitto.org/documentation/dynamic-security).
#pragma once

#include <string>

#include "harness/util/deadline.h"
#include "harness/wire/paho_client.h"

namespace mqtts::probes {

constexpr const char* order_topic = "$CONTROL/dynamic-security/v1";
constexpr const char* answer_topic = "$CONTROL/dynamic-security/v1/response";

class SecurityOrders {
 public:
  // Borrows the client, and subscribes to the answers with the first order.
  SecurityOrders(wire::PahoClient& client, Clock::duration timeout) : client_(client), timeout_(timeout) {}

  // Sends `order`, {"commands": […]}. Returns an empty text once the broker has answered each command without an error;
  // else what it said, or that it said nothing.
  std::string carry_out(const std::string& order, const Deadline& deadline);

 private:
  wire::PahoClient& client_;
  const Clock::duration timeout_;
  bool is_subscribed_ = false;
};

}  // namespace mqtts::probes
