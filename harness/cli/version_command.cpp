// `version`: of this program and of the libraries that verdicts depend on.
#include <iostream>
#include <string_view>

#include <MQTTAsync.h>
#include <libssh/libssh.h>
#include <openssl/crypto.h>

#include "harness/cli/command.h"
#include "harness/util/exit_status.h"

namespace mqtts::cli {

Body add_version(CLI::App&) {
  return [](const std::vector<std::string>&) {
    std::cout << "mqtts-harness " MQTTS_VERSION "\n"
              << OpenSSL_version(OPENSSL_VERSION) << "\nlibssh " << ssh_version(0) << '\n';
    for (const auto* info = MQTTAsync_getVersionInfo(); info->name != nullptr; ++info)
      if (std::string_view(info->name) == "Version") std::cout << "Eclipse Paho MQTT C " << info->value << '\n';
    return exit_ok;
  };
}

}  // namespace mqtts::cli
