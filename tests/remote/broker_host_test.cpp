#include "harness/remote/broker_host.h"

#include <deque>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/remote/scripts.h"
#include "tests/remote/a_profile.h"

namespace mqtts::remote {

using namespace std::chrono_literals;

// Answers each script with the next of its answers, and keeps the scripts.
struct FakeWorld {
  std::deque<Result<ShellOutput>> answers;
  std::vector<std::string> scripts;
  std::vector<std::string> take_overs;  // the first script of each shell
  int opened = 0;

  ShellOpener opener() {
    return [this](const Deadline&) -> Result<std::unique_ptr<Shell>> {
      ++opened;
      return std::make_unique<FakeShell>(*this);
    };
  }

  struct FakeShell : Shell {
    explicit FakeShell(FakeWorld& owner) : world(owner) {}
    Result<ShellOutput> run(const std::string& script, const Deadline&) override {
      if (script.find("\ntake_over '") != std::string::npos) {
        world.take_overs.push_back(script);
        return ShellOutput{0, fmt::format("{}:1\n", world.opened), ""};
      }
      world.scripts.push_back(script);
      if (world.answers.empty()) return failure(ErrorKind::remote, msg("no answer is left"));
      auto answer = world.answers.front();
      world.answers.pop_front();
      works = answer.has_value();
      return answer;
    }
    bool usable() const override { return works; }
    FakeWorld& world;
    bool works = true;
  };
};

const StageSetup stage = {"open", {}, "listener 1883\n", {1883}};
const char* const conf = "/etc/mosquitto/mosquitto.conf";

Result<ShellOutput> says(const std::string& out) { return ShellOutput{0, out, ""}; }
Result<ShellOutput> nothing_there() { return says(std::string("path ") + conf + "\nabsent\n.\nstopped\n"); }
Result<ShellOutput> up(const std::string& sum) {
  return says("state up\nprocess 7\nrestart 2\nlog readable\nlog_size 10\nsums\n" + sum + "  /x\nwords\n");
}
Deadline soon() { return Deadline::in(5s); }

TEST(BrokerHost, a_stage_costs_two_round_trips_the_first_time_and_one_from_then_on) {
  FakeWorld world{{nothing_there(), up(sha256_hex(stage.configuration)), up(sha256_hex(stage.configuration))}, {}, {}};
  SshBrokerHost host(world.opener(), a_profile());
  const auto applied = host.apply(stage, soon());
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->process_id, 7);
  EXPECT_DOUBLE_EQ(applied->restart_seconds, 0.02);
  ASSERT_TRUE(host.apply(stage, soon()));
  EXPECT_EQ(world.scripts.size(), 3u);
  EXPECT_EQ(world.opened, 1);
}

TEST(BrokerHost, another_content_on_the_disk_than_ours_is_an_error) {
  FakeWorld world{{nothing_there(), up(sha256_hex("something else"))}, {}, {}};
  const auto applied = SshBrokerHost(world.opener(), a_profile()).apply(stage, soon());
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, ErrorKind::remote);
}

TEST(BrokerHost, a_missing_sum_is_an_error) {
  FakeWorld world{{nothing_there(), says("state up\nprocess 7\nsums\nwords\n")}, {}, {}};
  EXPECT_FALSE(SshBrokerHost(world.opener(), a_profile()).apply(stage, soon()));
}

TEST(BrokerHost, nothing_is_changed_when_the_originals_cannot_be_read) {
  FakeWorld world{{Result<ShellOutput>(ShellOutput{1, "", "base64: Permission denied"})}, {}, {}};
  SshBrokerHost host(world.opener(), a_profile());
  const auto applied = host.apply(stage, soon());
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().detail, "base64: Permission denied");
  EXPECT_EQ(world.scripts.size(), 1u);
  EXPECT_TRUE(host.restore(soon())) << "there is nothing to put back";
  EXPECT_EQ(world.scripts.size(), 1u);
}

TEST(BrokerHost, each_way_to_be_down_is_told) {
  for (const char* state : {"refused", "died", "absent", "old", "mute", "waiting"}) {
    FakeWorld world{{nothing_there(), says(std::string("state ") + state + "\nsums\nwords\nError: oh\n")}, {}, {}};
    const auto applied = SshBrokerHost(world.opener(), a_profile()).apply(stage, soon());
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().kind, ErrorKind::broker_down) << state;
    EXPECT_EQ(applied.error().detail, "Error: oh\n") << state;
  }
}

TEST(BrokerHost, a_broken_shell_is_replaced_for_restoring) {
  FakeWorld world{{nothing_there(), failure(ErrorKind::timeout, msg("late")), nothing_there()}, {}, {}};
  SshBrokerHost host(world.opener(), a_profile());
  const auto applied = host.apply(stage, soon());
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, ErrorKind::timeout);
  EXPECT_TRUE(host.restore(soon()));
  EXPECT_EQ(world.opened, 2);
  EXPECT_NE(world.take_overs.at(1).find("take_over '1:1'"), std::string::npos) << "the first shell is ended";
}

TEST(BrokerHost, restoring_is_proven_by_reading_again) {
  FakeWorld world{{nothing_there(), up(sha256_hex(stage.configuration)),
                   says(std::string("path ") + conf + "\nfile 644 0:0\nYQ==\n.\nstopped\n"), nothing_there()},
                  {},
                  {}};
  SshBrokerHost host(world.opener(), a_profile());
  ASSERT_TRUE(host.apply(stage, soon()));
  const auto restored = host.restore(soon());
  ASSERT_FALSE(restored);
  EXPECT_NE(restored.error().detail.find(std::string("rm -f -- '") + conf), std::string::npos);
  EXPECT_TRUE(host.restore(soon())) << "it may be tried again";
}

TEST(BrokerHost, a_broker_that_runs_after_restoring_though_it_did_not_before_is_an_error) {
  FakeWorld world{{nothing_there(), up(sha256_hex(stage.configuration)),
                   says(std::string("path ") + conf + "\nabsent\n.\nrunning 075B\n")},
                  {},
                  {}};
  SshBrokerHost host(world.opener(), a_profile());
  ASSERT_TRUE(host.apply(stage, soon()));
  EXPECT_FALSE(host.restore(soon()));
}

}  // namespace mqtts::remote
