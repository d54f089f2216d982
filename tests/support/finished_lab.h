// A finished lab on loopback: Mosquitto with the lab's certificates and passwords, and its clients.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/model/interfaces.h"
#include "tests/support/lab_material.h"
#include "tests/support/private_mosquitto.h"

namespace mqtts::test {

inline constexpr const char* user = "userclient";
inline constexpr const char* password = "right";

struct Protocols {
  std::string tls;  // the highest version that the broker supports
  MqttVersion mqtt;
};

// TLS 1.2 and 1.3, each with both MQTT versions, for every check of a client certificate and a password.
inline const std::vector<Protocols> all_protocols = {
    {"TLSv1.2", MqttVersion::v3_1_1},
    {"TLSv1.2", MqttVersion::v5_0},
    {"TLSv1.3", MqttVersion::v3_1_1},
    {"TLSv1.3", MqttVersion::v5_0},
};

inline std::string name_of(const Protocols& protocols) {
  return (protocols.tls == "TLSv1.2" ? "tls_1_2" : "tls_1_3") +
         std::string(protocols.mqtt == MqttVersion::v5_0 ? "_mqtt_5_0" : "_mqtt_3_1_1");
}

class FinishedLab {
 public:
  explicit FinishedLab(const std::string& highest_tls = "TLSv1.3", const std::vector<std::string>& more = {})
      : broker_(lines(more), cap_tls(material.folder(), highest_tls)) {}

  // A client that the broker must accept.
  Client good_client(MqttVersion mqtt = MqttVersion::v3_1_1) const {
    return {.address = "127.0.0.1",
            .port = broker_.port(),
            .name = "127.0.0.1",
            .tls = true,
            .trust = material.ca,
            .identity = material.client,
            .user_name = user,
            .password = password,
            .mqtt = mqtt};
  }
  std::string log() const { return broker_.log(); }

  LabMaterial material;

 private:
  std::vector<std::string> lines(const std::vector<std::string>& more) {
    std::vector<std::string> all = {"cafile " + material.ca.file,
                                    "certfile " + material.server.certificate.file,
                                    "keyfile " + material.server.key.file,
                                    "require_certificate true",
                                    "allow_anonymous false",
                                    "password_file " + write_password_file(material.folder(), {{user, password}})};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  PrivateMosquitto broker_;
};

}  // namespace mqtts::test
