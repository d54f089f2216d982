// A real Mosquitto for one test, on a free port of 127.0.0.1, in a private folder.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/model/materials.h"
#include "tests/support/temporary_folder.h"

namespace mqtts::test {

// Listens once constructed; ends with this object, or with the thread that constructed it. Throws if Mosquitto is
// missing or does not listen within 10 s: the message holds its log.
class PrivateMosquitto {
 public:
  // `lines` follow "listener <port> 127.0.0.1". `environment` is added to the process's own.
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

// Writes a password file to the test's folder; returns its path.
std::string write_password_file(const TemporaryFolder& folder, const std::vector<Credentials>& accounts);

// An OPENSSL_CONF that limits every program that reads it to TLS `version`, "TLSv1.2": Mosquitto's own tls_version sets
// a minimum.
std::map<std::string, std::string> cap_tls(const TemporaryFolder& folder, const std::string& version);

}  // namespace mqtts::test
