// Brokers that are not Mosquitto, as they come and hardened: their audit is compared with golden/BROKER-POSTURE.txt,
// whose verdicts were checked by hand. Each test is skipped where its broker is not installed.
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/audit/audited.h"
#include "tests/e2e/program.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/other_brokers.h"

namespace mqtts::audit {
namespace {

using e2e::write;
using test::OtherBroker;
using Words = std::vector<std::string>;
namespace fs = std::filesystem;

// "id verdict", without the reasons that follow a "#". The verdict "varies" is not compared.
std::map<std::string, std::string> golden(const std::string& name) {
  std::map<std::string, std::string> verdicts;
  std::istringstream lines(e2e::read(fs::path(AUDIT_GOLDEN) / (name + ".txt")));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string id;
    if (words >> id) words >> verdicts[id];
  }
  return verdicts;
}

class OtherBrokers : public ::testing::Test {
 protected:
  void expect_as_golden(const std::string& name, const std::string& url, const Words& given) const {
    auto expected = golden(name);
    ASSERT_FALSE(expected.empty()) << name;
    const auto gentle = Audited(Words{url, "--max-wrong-logins", "20"} + given).read();
    const auto attacked = Audited(Words{url, "--intrusive", "--check", "malformed-packets-survived", "--check",
                                        "oversized-packet-refused", "--check", "connection-flood-survived"} +
                                  given)
                              .read();
    auto verdicts = gentle.verdict;
    for (const auto& [id, verdict] : attacked.verdict) verdicts[id] = verdict;
    std::erase_if(verdicts, [](const auto& row) { return row.second == "skip"; });
    for (auto row = expected.begin(); row != expected.end();) {
      const bool varies = row->second == "varies";
      if (varies) verdicts.erase(row->first);
      row = varies ? expected.erase(row) : std::next(row);
    }
    EXPECT_EQ(verdicts, expected) << gentle.ended.out << gentle.ended.err << attacked.ended.out;
  }
  Words all_given() const { return owner.gives() + Words{"--ca-key", ca_key.file}; }

  Owner owner;
  const Pem ca_key = owner.material.ca_key();
  const e2e::Folder folder;
  const std::uint16_t port = test::closed_port();
};

// aedes is a library of npm: AEDES_FOLDER is where `npm install aedes@1` was run.
class Aedes : public OtherBrokers {
 protected:
  void SetUp() override {
    const auto* installed = std::getenv("AEDES_FOLDER");
    if (installed == nullptr || !fs::is_directory(fs::path(installed) / "node_modules/aedes"))
      GTEST_SKIP() << "aedes is not installed: run `npm install aedes@1` in a folder, and name it in AEDES_FOLDER";
    folder_of_npm_ = installed;
  }
  // `server` is an expression of JavaScript: a server that hands its connections on to `broker`.
  std::unique_ptr<OtherBroker> start(const std::string& setup, const std::string& server) const {
    write(folder / "broker.js",
          "const { Aedes } = require('aedes'), fs = require('fs');\n"
          "Aedes.createBroker().then((broker) => {\n" +
              setup + "  const server = " + server +
              ";\n"
              "  server.on('tlsClientError', () => {});\n"
              "  broker.on('clientError', () => {}); broker.on('connectionError', () => {});\n"
              "  server.listen(" +
              std::to_string(port) + ", '127.0.0.1');\n});\n");
    return std::make_unique<OtherBroker>(Words{"/usr/bin/env", "node", (folder / "broker.js").string()}, folder,
                                         e2e::Environment{{"NODE_PATH", folder_of_npm_ + "/node_modules"}});
  }

  std::string folder_of_npm_;
};

TEST_F(Aedes, as_it_comes) {
  const auto broker = start("", "require('net').createServer(broker.handle)");
  ASSERT_TRUE(OtherBroker::listens_at(port));
  expect_as_golden("aedes-open", "mqtt://127.0.0.1:" + std::to_string(port), {});
}

TEST_F(Aedes, hardened) {
  const auto read = [](const std::string& file) { return "fs.readFileSync('" + file + "')"; };
  const auto broker = start(
      "  const passwords = { alice: \"alice's\", bob: \"bob's\" };\n"
      "  broker.authenticate = (client, user, password, done) => {\n"
      "    if (user && password && passwords[user] === password.toString()) return done(null, true);\n"
      "    done(Object.assign(new Error('login'), { returnCode: 4 }), false);\n"
      "  };\n",
      "require('tls').createServer({ cert: " + read(owner.server.certificate.file) +
          ", key: " + read(owner.server.key.file) + ", ca: " + read(owner.material.ca.file) +
          ", requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' }, broker.handle)");
  ASSERT_TRUE(OtherBroker::listens_at(port));
  expect_as_golden("aedes-hardened", "mqtts://127.0.0.1:" + std::to_string(port), all_given());
}

class RabbitMq : public OtherBrokers {
 protected:
  void SetUp() override {
    if (!test::has_rabbitmq()) GTEST_SKIP() << "RabbitMQ is not installed: apt-get install rabbitmq-server";
  }
  std::unique_ptr<OtherBroker> start(const std::string& lines) const { return test::start_rabbitmq(folder, lines); }
};

TEST_F(RabbitMq, as_it_comes) {
  const auto broker = start("mqtt.listeners.tcp.1 = 127.0.0.1:" + std::to_string(port) + "\n");
  ASSERT_TRUE(OtherBroker::listens_at(port));
  expect_as_golden("rabbitmq-open", "mqtt://127.0.0.1:" + std::to_string(port), {});
}

TEST_F(RabbitMq, hardened) {
  const std::string rights = R"("vhost":"/","configure":".*","write":".*","read":".*"})";
  write(folder / "definitions.json",
        R"({"vhosts":[{"name":"/"}],"users":[{"name":"alice","password":"alice's","tags":""},)"
        R"({"name":"bob","password":"bob's","tags":""}],"permissions":[{"user":"alice",)" +
            rights + R"(,{"user":"bob",)" + rights + "]}");
  const auto broker = start("mqtt.listeners.tcp = none\nmqtt.listeners.ssl.1 = 127.0.0.1:" + std::to_string(port) +
                            "\nmqtt.allow_anonymous = false\nssl_options.cacertfile = " + owner.material.ca.file +
                            "\nssl_options.certfile = " + owner.server.certificate.file +
                            "\nssl_options.keyfile = " + owner.server.key.file +
                            "\nssl_options.verify = verify_peer\nssl_options.fail_if_no_peer_cert = true\n"
                            "ssl_options.versions.1 = tlsv1.3\nssl_options.versions.2 = tlsv1.2\n"
                            "ssl_options.client_renegotiation = false\nssl_options.honor_cipher_order = true\n"
                            "load_definitions = " +
                            (folder / "definitions.json").string() + "\n");
  ASSERT_TRUE(OtherBroker::listens_at(port));
  expect_as_golden("rabbitmq-hardened", "mqtts://127.0.0.1:" + std::to_string(port), all_given());
}

// The service of MQTT of an XMPP server.
class Ejabberd : public OtherBrokers {
 protected:
  void SetUp() override {
    if (!test::has_ejabberd()) GTEST_SKIP() << "ejabberd is not installed: apt-get install ejabberd";
  }
  std::unique_ptr<OtherBroker> start(const std::string& lines) const {
    return test::start_ejabberd(folder, "modules: {mod_mqtt: {}}\n" + lines, {{"alice", "alice's"}, {"bob", "bob's"}});
  }
  std::string listener(const std::string& more) const {
    return "listen: [{port: " + std::to_string(port) + ", ip: \"127.0.0.1\", module: mod_mqtt" + more + "}]\n";
  }
};

TEST_F(Ejabberd, as_it_comes) {
  const auto broker = start(listener(""));
  ASSERT_TRUE(OtherBroker::listens_at(port));
  expect_as_golden("ejabberd-open", "mqtt://127.0.0.1:" + std::to_string(port), {});
}

// tls_verify does not make it demand a client certificate.
TEST_F(Ejabberd, hardened) {
  write(folder / "server.pem", e2e::read(owner.server.certificate.file) + e2e::read(owner.server.key.file));
  const auto broker =
      start("certfiles: [\"" + (folder / "server.pem").string() + "\"]\nca_file: \"" + owner.material.ca.file +
            "\"\nauth_password_format: scram\n" + listener(", tls: true, tls_verify: true"));
  ASSERT_TRUE(OtherBroker::listens_at(port));
  expect_as_golden("ejabberd-hardened", "mqtts://127.0.0.1:" + std::to_string(port), all_given());
}

}  // namespace
}  // namespace mqtts::audit
