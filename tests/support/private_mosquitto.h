// A real Mosquitto of the test's own, on a free port of 127.0.0.1, in a private folder.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/model/materials.h"
#include "tests/support/temporary_folder.h"

namespace mqtts::test {

// Listens when it is constructed; ends with its owner, or with the thread that made it. Throws if there is no
// Mosquitto, or it does not listen within 10 s: the message holds its log.
class PrivateMosquitto {
 public:
  // `lines` follow "listener <port> 127.0.0.1". `environment` is added to ours.
  explicit PrivateMosquitto(const std::vector<std::string>& lines,
                            const std::map<std::string, std::string>& environment = {});
  ~PrivateMosquitto();
  PrivateMosquitto(const PrivateMosquitto&) = delete;
  PrivateMosquitto& operator=(const PrivateMosquitto&) = delete;

  std::uint16_t port() const { return port_; }
  std::string log() const { return content_of(folder_ / "mosquitto.log"); }

 private:
  bool start(const std::vector<std::string>& lines, const std::map<std::string, std::string>& environment);
  bool comes_up();
  void stop();

  TemporaryFolder folder_;
  std::uint16_t port_ = 0;
  pid_t child_ = -1;
};

// Lines of a password file in a folder of the test's own.
std::string write_password_file(const TemporaryFolder& folder, const std::vector<Credentials>& accounts);

// An OPENSSL_CONF that lets every program that honours it speak no TLS above `version`, "TLSv1.2": Mosquitto's
// own tls_version is a floor.
std::map<std::string, std::string> cap_tls(const TemporaryFolder& folder, const std::string& version);

}  // namespace mqtts::test
