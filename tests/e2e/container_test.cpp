// The lab in real podman containers; started by in_podman.sh.
#include <signal.h>
#include <unistd.h>

#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"
#include "tests/support/relay.h"

namespace mqtts::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class InContainer : public ::testing::Test {
 protected:
  InContainer() {
    std::filesystem::create_directory(folder / "tmp");
    environment = {{"MARK", mark}, {"TMPDIR", (folder / "tmp").string()}};
  }

  std::vector<std::string> lab(std::vector<std::string> more) const {
    std::vector<std::string> all{harness(), "run", lab_plan(), "--out", (folder / "out").string()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Ended end(std::vector<std::string> arguments) const {
    return Program(std::move(arguments), folder.path(), environment).end();
  }
  Ended podman(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "/usr/bin/podman");
    return end(std::move(arguments));
  }

  void expect_that_all_13_hold() const {
    const auto target = nlohmann::json::parse(read(folder / "out/results.json"))["targets"][0];
    EXPECT_EQ(target["restored"], true);
    std::size_t passed = 0;
    for (const auto& stage : target["stages"])
      for (const auto& check : stage["checks"])
        if (check["verdict"] == "pass")
          ++passed;
        else
          ADD_FAILURE() << check.dump(2);
    EXPECT_EQ(passed, 13u);
  }

  // With a limit: processes may need a moment to end with the program.
  std::string containers_left() const {
    std::string left;
    for (int tries = 0; tries < 100; ++tries) {
      left = podman({"ps", "--all", "--quiet", "--filter", "label=mqtts-harness"}).out;
      if (left.empty()) break;
      usleep(100'000);
    }
    return left;
  }

  Folder folder;
  std::string mark = folder.path().filename().string();
  Environment environment;
};

TEST_F(InContainer, every_stage_holds_and_nothing_is_left) {
  const auto cold = end(lab({"--target", "container"}));
  EXPECT_EQ(cold.code, 0) << cold.out << cold.err;
  expect_that_all_13_hold();
  EXPECT_THAT(containers_left(), IsEmpty());
  const auto warm = end(lab({"--target", "container"}));
  EXPECT_EQ(warm.code, 0) << warm.out << warm.err;
  EXPECT_THAT(warm.err, IsEmpty()) << "the image is built once";
  EXPECT_THAT(containers_left(), IsEmpty());
}

class StoppedInContainer : public InContainer, public ::testing::WithParamInterface<int> {};

TEST_P(StoppedInContainer, leaves_no_container) {
  Program program(lab({"--target", "container"}), folder.path(), environment);
  ASSERT_TRUE(program.prints("open"));
  program.signal(GetParam());
  EXPECT_EQ(program.end().code, 128 + GetParam());
  EXPECT_THAT(containers_left(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Signals, StoppedInContainer, ::testing::Values(SIGINT, SIGKILL));

TEST_F(InContainer, an_image_that_is_not_there_is_told_in_one_line) {
  const auto ended = end(lab({"--target", "container:localhost/mqtts-harness-absent"}));
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, HasSubstr("podman has no image localhost/mqtts-harness-absent"));
}

TEST_F(InContainer, an_image_that_is_no_machine_is_told_in_one_line) {
  const auto ended = end(lab({"--target", "container:localhost/mqtts-harness-base:test"}));
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, HasSubstr("ended before its SSH server was ready"));
  EXPECT_THAT(containers_left(), IsEmpty());
}

// A machine that we did not start, with systemd and a running broker: a run must leave everything as it was.
class OnSystemd : public InContainer {
 protected:
  void SetUp() override {
    const auto built = podman({"build", "--quiet", "--network", "host", "--target", "systemd", "--tag", image,
                               "--build-arg", std::string("BASE=") + getenv("MQTTS_HARNESS_CONTAINER_BASE"), MACHINES});
    ASSERT_EQ(built.code, 0) << built.err;
    const auto started = podman({"run", "--detach", "--rm", "--systemd=always", "--network", "host", "--name", mark,
                                 "--cap-add", "SYS_PTRACE", image});
    ASSERT_EQ(started.code, 0) << started.err;
    const auto key = end({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "key"});
    ASSERT_EQ(key.code, 0) << key.err;
    const auto public_key = read(folder / "key.pub");
    const auto host_key = in_machine({"mqtts-machine", "authorise", public_key.substr(0, public_key.size() - 1)});
    ASSERT_THAT(host_key, HasSubstr("ssh-ed25519 "));
    write(folder / "known_hosts", "127.0.0.1 " + host_key);
    write(folder / "target.json", R"({"schema": "mqtts-harness/target/v1", "name": "systemd",
      "mqtt": {"host": "127.0.0.1"},
      "ssh": {"host": "127.0.0.1", "user": "vagrant", "identity_file": "key", "known_hosts_file": "known_hosts"},
      "broker": {"profile": "mosquitto"}})");
  }
  // The same machine through a relay.
  std::string target_through(const Relay& relay) const {
    auto target = nlohmann::json::parse(read(folder / "target.json"));
    target["ssh"]["port"] = relay.port();
    target["ssh"]["known_hosts_file"] = "relayed_hosts";
    write(folder / "relayed.json", target.dump());
    auto hosts = read(folder / "known_hosts");
    hosts.replace(0, hosts.find(' '), "[127.0.0.1]:" + std::to_string(relay.port()));
    write(folder / "relayed_hosts", hosts);
    return folder / "relayed.json";
  }
  static constexpr std::uint16_t ssh_port = 22;

  void TearDown() override { podman({"rm", "--force", "--time", "0", mark}); }

  std::string in_machine(std::vector<std::string> command) const {
    std::vector<std::string> all{"exec", mark};
    all.insert(all.end(), command.begin(), command.end());
    return podman(all).out;
  }
  std::string state() const {
    return in_machine(
        {"sh", "-c",
         "find /etc/mosquitto /home/vagrant /mosquitto* -type f ! -name authorized_keys -exec stat -c '%n %a %U:%G' "
         "{} + -exec sha256sum {} + | sort; systemctl is-active mosquitto; ls /run/mosquitto"});
  }

  const std::string image = "localhost/mqtts-harness-systemd:test";
};

TEST_F(OnSystemd, every_stage_holds_and_the_broker_is_as_it_was) {
  const auto before = state();
  EXPECT_THAT(before, HasSubstr("/etc/mosquitto/mosquitto.conf 644 root:root"));
  EXPECT_THAT(before, HasSubstr("\nactive\n"));
  const auto ended = end(lab({"--target", "target.json"}));
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  expect_that_all_13_hold();
  EXPECT_EQ(state(), before);
}

// Kills or cuts a run at every few pieces of its conversation with the machine.
constexpr int first_point = 4;
constexpr int step = 2;

TEST_F(OnSystemd, a_killed_run_is_put_back_by_one_restore) {
  const auto before = state();
  int points = 0;
  for (int at = first_point;; at += step, ++points) {
    std::atomic<pid_t> process = 0;
    Relay relay(ssh_port, at, [&] {
      while (process == 0) continue;
      kill(process, SIGKILL);
      return Relay::Then::go_on;
    });
    Program program(lab({"--target", target_through(relay), "--stage", "open", "--stage", "password"}), folder.path(),
                    environment);
    process = program.process();
    const auto ended = program.end();
    if (!relay.fault_has_come()) break;
    EXPECT_EQ(ended.code, 128 + SIGKILL);
    const auto restored = end({harness(), "restore", "--target", "target.json"});
    EXPECT_EQ(restored.code, 0) << at << restored.out << restored.err;
    EXPECT_EQ(state(), before) << at;
    if (HasFailure()) return;
  }
  EXPECT_GE(points, 20);
  std::cout << points << " points\n";
}

TEST_F(OnSystemd, an_ssh_server_that_is_restarted_in_mid_command_costs_no_more_than_the_connection) {
  const auto before = state();
  int points = 0;
  for (int at = first_point;; at += 5 * step, ++points) {
    Relay relay(ssh_port, at, [&] {
      in_machine({"sh", "-c", "systemctl kill --signal KILL ssh; systemctl reset-failed ssh; systemctl restart ssh"});
      return Relay::Then::go_on;
    });
    const auto ended = end(lab({"--target", target_through(relay), "--stage", "open", "--stage", "password"}));
    if (!relay.fault_has_come()) break;
    EXPECT_THAT(ended.code, ::testing::AnyOf(0, 3)) << at << ended.out << ended.err;
    EXPECT_EQ(state(), before) << at;
    if (HasFailure()) return;
  }
  EXPECT_GE(points, 4);
}

}  // namespace
}  // namespace mqtts::e2e
