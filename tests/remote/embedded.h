// An embedded host for a test, and the way in to it.
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/model/target.h"
#include "harness/remote/broker_host.h"
#include "harness/ssh/address.h"
#include "harness/ssh/shell.h"
#include "harness/targets/embedded/launcher.h"
#include "tests/support/must.h"

namespace mqtts::remote {

using test::soon;

inline std::string told(const Error& error) {
  return to_english(error.what) + " / " + to_english(error.hint) + " / " + error.detail;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

inline Target read_target(const std::string& path) {
  const auto json = nlohmann::json::parse(read_file(path));
  const auto &mqtt = json.at("mqtt"), &ssh = json.at("ssh"), &broker = json.at("broker");
  Target target;
  target.name = json.at("name");
  target.mqtt = {mqtt.at("host"), mqtt.at("tls_port"), mqtt.at("plain_port")};
  target.ssh = SshAddress{.host = ssh.at("host"),
                          .port = ssh.at("port"),
                          .user = ssh.at("user"),
                          .identity_files = {ssh.at("identity_file")},
                          .known_hosts_file = ssh.at("known_hosts_file")};
  auto& profile = target.broker;
  profile.configuration_path = broker.at("configuration");
  profile.log_path = broker.at("log");
  profile.pid_file = broker.at("pid_file");
  profile.journal = broker.at("journal");
  profile.user = broker.at("user");
  profile.process = "mosquitto";
  profile.home = broker.at("home");
  profile.root = broker.at("root");
  profile.plain_listener = broker.at("plain_listener");
  profile.tls_listener = broker.at("tls_listener");
  profile.base = broker.at("base");
  profile.stop_command = broker.at("stop");
  profile.start_command = broker.at("start");
  profile.version_command = broker.at("version");
  profile.sudo = broker.at("sudo");
  return target;
}

inline std::vector<std::string> paths_of(const StageSetup& setup) {
  std::vector<std::string> paths;
  for (const auto& file : setup.files) paths.push_back(file.path);
  return paths;
}

// Takes the host for what the stage changes, and applies it.
inline Result<Applied> take_and_apply(BrokerHost& broker, const StageSetup& setup, const Deadline& deadline) {
  return broker.acquire(paths_of(setup), deadline).and_then([&] { return broker.apply(setup, deadline); });
}

// A test with an embedded host of its own.
class OnEmbeddedHost : public testing::Test {
 protected:
  void SetUp() override {
    auto started = targets::EmbeddedHost::start(soon());
    ASSERT_TRUE(started) << told(started.error());
    host.emplace(*std::move(started));
    target = read_target(host->target_file());
  }

  SshAddress& ssh() { return *target.ssh; }
  ssh::ShellOpener opener() { return ssh::ssh_opener(ssh(), ssh::Privilege::login_user); }

  // A configuration of the base lines and these.
  std::string configuration(const std::string& lines) const {
    return fmt::format("{}\n{}\n", fmt::join(target.broker.base, "\n"), lines);
  }
  std::string plain_listener() const { return "listener " + target.broker.plain_listener; }
  StageSetup open_stage() const {
    return {"open", {}, configuration(plain_listener() + "\nallow_anonymous true"), {target.mqtt.plain_port}};
  }

  // Other brokers of this machine, which may bear the same name, are not ours.
  bool our_broker_runs() const {
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const auto command = read_file(entry.path() / "cmdline");
      if (command.find("mosquitto") != std::string::npos &&
          command.find(target.broker.configuration_path) != std::string::npos)
        return true;
    }
    return false;
  }

  static bool is_open(std::uint16_t port) { return ssh::connect_tcp("127.0.0.1", port, soon()).has_value(); }

  // Starts the broker by the hand of its owner, with the configuration that is there.
  void start_broker() {
    auto shell = opener()(soon());
    ASSERT_TRUE(shell && (*shell)->run(target.broker.start_command, soon()));
    const auto deadline = soon();
    while (!is_open(target.mqtt.plain_port) && !deadline.passed()) continue;
    ASSERT_TRUE(is_open(target.mqtt.plain_port));
  }

  std::optional<targets::EmbeddedHost> host;
  Target target;
};

}  // namespace mqtts::remote
