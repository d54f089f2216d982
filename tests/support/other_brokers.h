// Brokers that are not Mosquitto, as Debian's packages install them; started by their program, not as a service.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/program.h"

namespace mqtts::test {

// Has a folder of its own. Ends with this object, and all that it has started.
class OtherBroker {
 public:
  OtherBroker(const std::vector<std::string>& command, const e2e::Folder& folder, e2e::Environment environment);
  ~OtherBroker();
  OtherBroker(const OtherBroker&) = delete;
  OtherBroker& operator=(const OtherBroker&) = delete;

  // Waits until somebody listens on this port of 127.0.0.1.
  static bool listens_at(std::uint16_t port);

 private:
  const std::string mark_;
  std::unique_ptr<e2e::Program> program_;
};

bool has_rabbitmq();
// `lines`: of rabbitmq.conf; without a listener of AMQP.
std::unique_ptr<OtherBroker> start_rabbitmq(const e2e::Folder& folder, const std::string& lines);

bool has_ejabberd();
// Its service of MQTT. `lines`: of ejabberd.yml. `accounts`: user and password, once it listens.
std::unique_ptr<OtherBroker> start_ejabberd(const e2e::Folder& folder, const std::string& lines,
                                            const std::map<std::string, std::string>& accounts);

}  // namespace mqtts::test
