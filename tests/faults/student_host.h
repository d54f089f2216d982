// A host on which a student's own broker runs, and a run of ours that something happens to.
#pragma once

#include <map>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"
#include "tests/remote/embedded.h"
#include "tests/support/relay.h"
#include "tests/support/snapshot.h"

namespace mqtts::faults {

using remote::write_file;

constexpr int shares = 8;  // of the points of a test, so that several cores can have a part

using e2e::Ended;
using e2e::Program;

// Three stages, as short as they can be; every way of changing a host is in it: a new file in new folders, a file and
// a link in whose place another is put, and the broker's configuration.
constexpr const char* plan = R"({
  "schema": "mqtts-harness/plan/v1", "name": "faults", "title": { "en": "Faults" },
  "materials": {
    "authorities": { "ca": { "subject": "/CN=CA", "key": "ec:P-256" } },
    "certificates": { "server": { "issuer": "ca", "subject": "/CN=${broker.address}", "key": "ec:P-256" } },
    "accounts": { "user": "${random}" } },
  "listeners": { "plain": { "port": "${broker.plain_port}" }, "tls": { "port": "${broker.tls_port}", "tls": true } },
  "stages": [
    { "id": "open", "title": { "en": "Open" },
      "files": [ { "path": "${host.home}/new/folder/note", "text": "new" } ],
      "configuration": [ "listener ${broker.plain_listener}", "allow_anonymous true" ],
      "checks": [ { "id": "open-accepts", "title": { "en": "Open" }, "points": 1,
                    "client": { "listener": "plain" }, "expect": "accepted" } ] },
    { "id": "tls", "after": "open", "title": { "en": "TLS" },
      "files": [ { "path": "${host.home}/ca.crt", "certificate": "ca" },
                 { "path": "${host.home}/link", "certificate": "server" },
                 { "path": "${host.home}/secret", "private_key": "server", "mode": "0600", "owner": "${broker.user}" } ],
      "without": [ "listener ${broker.plain_listener}" ],
      "configuration": [ "listener ${broker.tls_listener}", "cafile ${host.home}/ca.crt",
                         "certfile ${host.home}/link", "keyfile ${host.home}/secret" ],
      "checks": [ { "id": "tls-accepts", "title": { "en": "TLS" }, "points": 1,
                    "client": { "listener": "tls", "trust": "ca" }, "expect": "accepted" },
                  { "id": "plain-closed", "title": { "en": "Closed" }, "points": 1, "control": "tls-accepts",
                    "change": { "listener": "plain" }, "expect": { "refused": "network" } } ] },
    { "id": "password", "after": "tls", "title": { "en": "Password" },
      "files": [ { "path": "${host.home}/passwords", "accounts": [ "user" ], "mode": "0600", "owner": "${broker.user}" } ],
      "without": [ "allow_anonymous true" ],
      "configuration": [ "allow_anonymous false", "password_file ${host.home}/passwords" ],
      "checks": [ { "id": "password-accepts", "title": { "en": "Password" }, "points": 1,
                    "client": { "listener": "tls", "trust": "ca", "account": "user" }, "expect": "accepted" },
                  { "id": "anonymous-rejected", "title": { "en": "Anonymous" }, "points": 1,
                    "control": "password-accepts", "change": { "account": null },
                    "expect": { "refused": "mqtt", "reason": [ "not_authorized" ] } } ] } ] })";

class StudentHost : public remote::OnEmbeddedHost {
 protected:
  void SetUp() override {
    remote::OnEmbeddedHost::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    const std::string& home = target.broker.home;
    write_file(home + "/secret", std::string("a\0b'\n", 5));
    chmod((home + "/secret").c_str(), 0640);
    std::filesystem::create_symlink("secret", home + "/link");
    write_file(target.broker.configuration_path, "# a student's own\n" + open_stage().configuration);
    chmod(target.broker.configuration_path.c_str(), 0604);
    e2e::write(folder / "plan.json", plan);
    e2e::write(folder / "target.json", e2e::read(host->target_file()));
    start_broker();
    before = snapshot(target.broker.root);
  }

  // A target file of this host, with some of its values changed.
  std::string changed_target(const std::string& name, const std::function<void(nlohmann::json&)>& change) {
    auto json = nlohmann::json::parse(e2e::read(folder / "target.json"));
    change(json);
    e2e::write(folder / name, json.dump());
    return folder / name;
  }

  // This host, seen through a relay.
  std::string target_through(const Relay& relay) {
    auto hosts = e2e::read(ssh().known_hosts_file);
    const auto port = fmt::format("]:{} ", ssh().port);
    hosts.replace(hosts.find(port), port.size(), fmt::format("]:{} ", relay.port()));
    e2e::write(folder / "known_hosts", hosts);
    return changed_target("relayed.json", [&](nlohmann::json& json) {
      json["ssh"]["port"] = relay.port();
      json["ssh"]["known_hosts_file"] = folder / "known_hosts";
    });
  }

  std::unique_ptr<Program> start_run(const std::string& target_file, const std::vector<std::string>& more = {}) {
    std::vector<std::string> command{e2e::harness(), "run",          folder / "plan.json", "--target", target_file,
                                     "--out",        folder / "out", "--report",           "json"};
    command.insert(command.end(), more.begin(), more.end());
    return std::make_unique<Program>(command, folder.path());
  }
  Ended run(const std::string& target_file, const std::vector<std::string>& more = {}) {
    return start_run(target_file, more)->end();
  }
  Ended restore(const std::vector<std::string>& more = {}) {
    std::vector<std::string> command{e2e::harness(), "restore", "--target", folder / "target.json"};
    command.insert(command.end(), more.begin(), more.end());
    return Program(command, folder.path()).end();
  }

  nlohmann::json results() { return nlohmann::json::parse(e2e::read(folder / "out/results.json")); }

  // Files, links, modes, owners, times, the journal's absence, and where the broker listens.
  void expect_as_before(const std::string& when) {
    EXPECT_EQ(snapshot(target.broker.root), before) << when;
    EXPECT_TRUE(is_open(target.mqtt.plain_port)) << when;
    EXPECT_FALSE(is_open(target.mqtt.tls_port)) << when;
  }

  e2e::Folder folder;
  std::map<std::string, std::string> before;
};

}  // namespace mqtts::faults
