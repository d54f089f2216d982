#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/checks/observed_lab.h"
#include "tests/support/lab_material.h"
#include "tests/support/private_mosquitto.h"

namespace mqtts::checks {

// A finished lab's configuration, line by line, to be weakened.
struct Configuration {
  std::string cafile;
  std::string certfile;
  std::string keyfile;
  std::string certificate_rule = "require_certificate true";
  std::string anonymous_rule = "allow_anonymous false";
  std::string password_file;
  std::vector<std::string> more;
  bool opens_plain_port = false;
  std::vector<std::string> after_plain_port = {};  // lines of that listener

  std::vector<std::string> lines(std::uint16_t plain_port) const {
    std::vector<std::string> all{"cafile " + cafile, "certfile " + certfile, "keyfile " + keyfile,
                                 certificate_rule,   anonymous_rule,         password_file};
    all.insert(all.end(), more.begin(), more.end());
    if (opens_plain_port) all.push_back("listener " + std::to_string(plain_port) + " 127.0.0.1");
    if (opens_plain_port) all.insert(all.end(), after_plain_port.begin(), after_plain_port.end());
    for (auto* each : {"cafile ", "certfile ", "keyfile "}) std::erase(all, each);  // left empty
    std::erase(all, "");
    return all;
  }
};

inline Configuration finished(const test::LabMaterial& material) {
  return {.cafile = material.ca.file,
          .certfile = material.server.certificate.file,
          .keyfile = material.server.key.file,
          .password_file = "password_file " +
                           test::write_password_file(material.folder(), {{"userclient", Users::client_password},
                                                                         {"userbroker", Users::broker_password}})};
}

}  // namespace mqtts::checks
