// The built program's audit of a broker, and what its report says.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/e2e/program.h"
#include "tests/support/lab_material.h"

namespace mqtts::audit {

struct Verdicts {
  e2e::Ended ended;
  std::string grade;
  std::map<std::string, std::string> verdict;  // by the check's id
  std::map<std::string, std::string> message;  // the same

  // "id id", of the checks with that verdict.
  std::string with(const std::string& verdict) const;
};

// An audit that has been started. Its reports and files are in a folder of its own.
class Audited {
 public:
  explicit Audited(const std::vector<std::string>& arguments);
  // Waits for its end.
  Verdicts read();

 private:
  e2e::Folder folder_;
  e2e::Program program_;
};

// What an owner of the broker gives: accounts alice and bob, a client certificate, the CA and its key.
class Owner {
 public:
  Owner();
  // The flags for all of it.
  std::vector<std::string> gives() const;
  // Lines of Mosquitto for its TLS and its passwords.
  std::vector<std::string> tls_lines() const;
  std::vector<std::string> password_lines() const;

  test::LabMaterial material;
  const Identity server;  // for 127.0.0.1, by a subjectAltName
  const Identity client;  // CN=alice

 private:
  std::string password_file_;
  std::string alice_;
  std::string bob_;
};

std::vector<std::string> operator+(std::vector<std::string> one, const std::vector<std::string>& other);

}  // namespace mqtts::audit
