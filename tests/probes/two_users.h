// A Mosquitto with two users, and a client of each.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/probes/raw_attempt.h"

namespace mqtts::test {

class TwoUsers {
 public:
  explicit TwoUsers(MqttVersion mqtt, const std::vector<std::string>& more = {}) : mqtt_(mqtt), broker_(lines(more)) {}

  Client owner() const { return client("ann"); }
  Client intruder() const { return client("eve"); }
  std::string log() const { return broker_.log(); }

 private:
  Client client(const std::string& user) const {
    auto made = plain_client(broker_.port(), mqtt_);
    made.user_name = user;
    made.password = "right";
    return made;
  }
  std::vector<std::string> lines(const std::vector<std::string>& more) {
    std::vector<std::string> all = {
        "allow_anonymous false", "password_file " + write_password_file(folder_, {{"ann", "right"}, {"eve", "right"}})};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  const MqttVersion mqtt_;
  TemporaryFolder folder_;
  PrivateMosquitto broker_;
};

}  // namespace mqtts::test
