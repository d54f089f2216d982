#include "tests/audit/audited.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "tests/support/private_mosquitto.h"

namespace mqtts::audit {

std::string Verdicts::with(const std::string& wanted) const {
  std::string ids;
  for (const auto& [id, one] : verdict)
    if (one == wanted) ids += (ids.empty() ? "" : " ") + id;
  return ids;
}

Audited::Audited(const std::vector<std::string>& arguments)
    : program_(std::vector<std::string>{e2e::harness(), "audit", "--out", "out", "--report", "json"} + arguments,
               folder_.path()) {}

Verdicts Audited::read() {
  Verdicts all{.ended = program_.end()};
  const auto results = nlohmann::json::parse(e2e::read(folder_.path() / "out/results.json"), nullptr, false);
  if (results.is_discarded()) return all;
  const auto& target = results["targets"][0];
  all.grade = target.value("grade", "");
  for (const auto& stage : target["stages"])
    for (const auto& check : stage["checks"]) {
      all.verdict[check["id"]] = check["verdict"];
      all.message[check["id"]] = check.value("message", "");
    }
  return all;
}

Owner::Owner()
    : server(material.signed_by_lab({.subject = "/CN=broker", .alternative_names = {"IP:127.0.0.1"}})),
      client(material.signed_by_lab({.subject = "/CN=alice"})),
      password_file_(test::write_password_file(material.folder(), {{"alice", "alice's"}, {"bob", "bob's"}})),
      alice_(material.folder().write("alice.pw", "alice's\n")),
      bob_(material.folder().write("bob.pw", "bob's\n")) {}

std::vector<std::string> Owner::gives() const {
  return {"--ca",  material.ca.file,  "--cert", client.certificate.file, "--key", client.key.file,         "--user",
          "alice", "--password-file", alice_,   "--other-user",          "bob",   "--other-password-file", bob_};
}

std::vector<std::string> Owner::tls_lines() const {
  return {"cafile " + material.ca.file, "certfile " + server.certificate.file, "keyfile " + server.key.file};
}

std::vector<std::string> Owner::password_lines() const {
  return {"allow_anonymous false", "password_file " + password_file_};
}

std::vector<std::string> operator+(std::vector<std::string> one, const std::vector<std::string>& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

}  // namespace mqtts::audit
