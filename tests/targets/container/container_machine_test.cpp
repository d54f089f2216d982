#include "harness/targets/container/container_machine.h"

#include <sys/stat.h>

#include <algorithm>

#include <gmock/gmock.h>

#include "tests/targets/container/fake_engine.h"

namespace mqtts::targets {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(HostKey, is_what_stands_behind_ready) {
  EXPECT_EQ(host_key_in("ready ssh-ed25519 AAAAC3Nz+/x="), "ssh-ed25519 AAAAC3Nz+/x=");
}

TEST(HostKey, is_not_made_of_anything_else) {
  for (const auto* line : {"", "ready", "ready ", "ready ssh-ed25519", "ssh-ed25519 AAAA", "Ready ssh-ed25519 AAAA",
                           "ready ssh-ed25519 AAAA more", "ready ssh-ed25519 AA\rAA", "ready * ssh-ed25519 AAAA"})
    EXPECT_EQ(host_key_in(line), "") << line;
}

TEST(RunArguments, use_the_hosts_network_and_publish_no_port) {
  const auto arguments = run_arguments("name", "image", 2222, "ssh-ed25519 AAAA");
  EXPECT_THAT(arguments, Contains("--rm"));
  EXPECT_THAT(arguments, Contains("--interactive")) << "its standard input is the lifeline";
  const auto network = std::ranges::find(arguments, "--network");
  ASSERT_NE(network, arguments.end());
  EXPECT_EQ(*(network + 1), "host");
  EXPECT_THAT(arguments, Not(Contains("--publish")));
  EXPECT_THAT(arguments, Contains("MQTTS_SSH_ADDRESS=127.0.0.1"));
  EXPECT_THAT(arguments, Contains("MQTTS_SSH_PORT=2222"));
  EXPECT_EQ(arguments.back(), "serve");
}

TEST(MachineTarget, keeps_the_broker_on_loopback) {
  const auto target = machine_target("container", {2222, 1883, 8883}, "/folder", {.sudo = true});
  EXPECT_EQ(target.mqtt.host, "127.0.0.1");
  EXPECT_EQ(target.broker.plain_listener, "1883 127.0.0.1");
  EXPECT_EQ(target.broker.tls_listener, "8883 127.0.0.1");
  EXPECT_TRUE(target.broker.sudo);
  ASSERT_TRUE(target.ssh);
  EXPECT_NE(target.ssh->user, "root");
  EXPECT_EQ(target.ssh->known_hosts_file, "/folder/known_hosts");
}

constexpr auto soon = 20s;

TEST_F(FakeEngine, whose_container_ends_at_once_is_told_in_its_words) {
  const auto machine = Machine::start(engine("echo 'no such image' >&2; exit 125"), "i", folder_, Deadline::in(soon));
  ASSERT_FALSE(machine);
  EXPECT_THAT(told(machine.error()), HasSubstr("ended before its SSH server was ready"));
  EXPECT_EQ(machine.error().detail, "no such image\n");
}

TEST_F(FakeEngine, whose_container_says_something_else_is_refused) {
  const auto machine = Machine::start(engine("echo hello; cat >/dev/null"), "i", folder_, Deadline::in(soon));
  ASSERT_FALSE(machine);
  EXPECT_THAT(told(machine.error()), HasSubstr("Containerfile"));
}

TEST_F(FakeEngine, whose_container_is_silent_costs_the_deadline_and_ends) {
  const auto start = Clock::now();
  const auto machine = Machine::start(engine("cat >/dev/null; echo over >" + (folder_ / "over").string()), "i", folder_,
                                      Deadline::in(1s));
  ASSERT_FALSE(machine);
  EXPECT_EQ(machine.error().kind, ErrorKind::timeout);
  EXPECT_LT(seconds_since(start), 10);
  EXPECT_EQ(content("over"), "over\n") << "it was waited for";
}

// An engine whose containers run on another machine.
TEST_F(FakeEngine, whose_container_is_elsewhere_is_refused) {
  const auto machine =
      Machine::start(engine("echo ready ssh-ed25519 AAAA; cat >/dev/null"), "i", folder_, Deadline::in(soon));
  ASSERT_FALSE(machine);
  EXPECT_EQ(machine.error().kind, ErrorKind::unreachable);
  EXPECT_THAT(content("known_hosts"), HasSubstr("[127.0.0.1]:"));
  struct stat facts {};
  ASSERT_EQ(stat((folder_ / "user_key").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_THAT(content("calls"), Not(HasSubstr("PRIVATE")));
}

}  // namespace
}  // namespace mqtts::targets
