#include "harness/remote/broker_host.h"

#include <deque>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/remote/scripts.h"
#include "harness/util/digest.h"
#include "tests/remote/a_profile.h"
#include "tests/support/must.h"

namespace mqtts::remote {

using namespace std::chrono_literals;
using test::soon;

// Answers each script with the next of its answers, and keeps the scripts.
struct FakeWorld {
  std::deque<Result<ssh::ShellOutput>> answers;
  std::vector<std::string> scripts;
  std::vector<std::string> take_overs;  // the first script of each shell
  int opened = 0;
  std::string clock{};  // the line that tells the host's

  ssh::ShellOpener opener() {
    return [this](const Deadline&) -> Result<std::unique_ptr<ssh::Shell>> {
      ++opened;
      return std::make_unique<FakeShell>(*this);
    };
  }

  struct FakeShell : ssh::Shell {
    explicit FakeShell(FakeWorld& owner) : environment(owner) {}
    Result<ssh::ShellOutput> run(const std::string& script, const Deadline&) override {
      if (script.find("\ntake_over '") != std::string::npos) {
        environment.take_overs.push_back(script);
        return ssh::ShellOutput{0, fmt::format("{}:1\n{}", environment.opened, environment.clock), ""};
      }
      environment.scripts.push_back(script);
      if (environment.answers.empty()) return failure(ErrorKind::remote, msg("no answer is left"));
      auto answer = environment.answers.front();
      environment.answers.pop_front();
      works = answer.has_value();
      return answer;
    }
    bool usable() const override { return works; }
    FakeWorld& environment;
    bool works = true;
  };
};

const StageSetup stage = {"open", {}, "listener 1883\n", {1883}};
const char* const conf = "/etc/mosquitto/mosquitto.conf";
const std::string sum(64, 'a');

Result<ssh::ShellOutput> says(const std::string& out) { return ssh::ShellOutput{0, out, ""}; }
std::string nothing_there() { return std::string("path ") + conf + "\nabsent\nstopped\n"; }
Result<ssh::ShellOutput> taken() { return says("taken\n" + nothing_there()); }
Result<ssh::ShellOutput> restored(const std::string& now) { return says("index\n" + nothing_there() + "now\n" + now); }
Result<ssh::ShellOutput> up(const std::string& put) {
  return says("state up\nprocess 7\nrestart 2\nlog readable\nlog_size 10\nsums\n" + put + "  /x\nwords\n");
}
TEST(BrokerHost, a_stage_costs_one_round_trip_and_the_first_one_another) {
  FakeWorld environment{{taken(), up(sha256_hex(stage.configuration)), up(sha256_hex(stage.configuration))}, {}, {}};
  SshBrokerHost host(environment.opener(), a_profile());
  ASSERT_TRUE(host.acquire({}, soon()));
  const auto applied = host.apply(stage, soon());
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->process_id, 7);
  EXPECT_DOUBLE_EQ(applied->restart_seconds, 0.02);
  ASSERT_TRUE(host.apply(stage, soon()));
  EXPECT_EQ(environment.scripts.size(), 3u);
  EXPECT_EQ(environment.opened, 1);
}

TEST(BrokerHost, the_first_script_of_a_shell_tells_the_hosts_clock) {
  FakeWorld environment{{says("2.0")}, {}, {}};
  environment.clock = fmt::format("clock {}\n", std::time(nullptr) - 5400);
  SshBrokerHost host(environment.opener(), a_profile());
  EXPECT_FALSE(host.clock());
  ASSERT_TRUE(host.version_words(soon()));
  ASSERT_TRUE(host.clock());
  EXPECT_LE(std::abs(host.clock()->off().count() + 5400), 5);
  EXPECT_EQ(environment.scripts.size(), 1U) << "it costs no round trip";
}

TEST(BrokerHost, another_content_on_the_disk_than_ours_is_an_error) {
  FakeWorld environment{{taken(), up(sha256_hex("something else"))}, {}, {}};
  SshBrokerHost host(environment.opener(), a_profile());
  ASSERT_TRUE(host.acquire({}, soon()));
  const auto applied = host.apply(stage, soon());
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, ErrorKind::remote);
}

TEST(BrokerHost, a_missing_sum_is_an_error) {
  FakeWorld environment{{taken(), says("state up\nprocess 7\nsums\nwords\n")}, {}, {}};
  SshBrokerHost host(environment.opener(), a_profile());
  ASSERT_TRUE(host.acquire({}, soon()));
  EXPECT_FALSE(host.apply(stage, soon()));
}

TEST(BrokerHost, a_host_that_was_not_taken_is_not_changed) {
  FakeWorld environment;
  EXPECT_FALSE(SshBrokerHost(environment.opener(), a_profile()).apply(stage, soon()));
  EXPECT_TRUE(environment.scripts.empty());
}

TEST(BrokerHost, a_file_that_was_not_kept_is_not_changed) {
  FakeWorld environment{{taken()}, {}, {}};
  SshBrokerHost host(environment.opener(), a_profile());
  ASSERT_TRUE(host.acquire({}, soon()));
  auto more = stage;
  more.files = {{"/etc/passwd", "", 0644, ""}};
  EXPECT_FALSE(host.apply(more, soon()));
  EXPECT_EQ(environment.scripts.size(), 1u);
}

TEST(BrokerHost, nothing_is_changed_when_the_journal_cannot_be_made) {
  FakeWorld environment{{Result<ssh::ShellOutput>(ssh::ShellOutput{1, "", "cp: Permission denied"})}, {}, {}};
  SshBrokerHost host(environment.opener(), a_profile());
  const auto refused = host.acquire({}, soon());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().detail, "cp: Permission denied");
  EXPECT_FALSE(host.apply(stage, soon()));
  EXPECT_TRUE(host.restore(soon())) << "there is nothing to put back";
  EXPECT_EQ(environment.scripts.size(), 1u);
}

TEST(BrokerHost, a_host_that_was_taken_over_is_told) {
  FakeWorld environment{{taken(), Result<ssh::ShellOutput>(ssh::ShellOutput{not_held, "", "none"}),
                         Result<ssh::ShellOutput>(ssh::ShellOutput{not_held, "", "none"})},
                        {},
                        {}};
  SshBrokerHost host(environment.opener(), a_profile());
  ASSERT_TRUE(host.acquire({}, soon()));
  EXPECT_EQ(host.apply(stage, soon()).error().kind, ErrorKind::denied);
  EXPECT_EQ(host.restore(soon()).error().kind, ErrorKind::denied);
}

TEST(BrokerHost, somebody_elses_journal_is_told_and_left_alone) {
  for (const char* state : {"held", "orphaned", "left"}) {
    FakeWorld environment{{says(std::string(state) + " student@client, process 3\n")}, {}, {}};
    SshBrokerHost host(environment.opener(), a_profile());
    const auto refused = host.acquire({}, soon());
    ASSERT_FALSE(refused) << state;
    EXPECT_EQ(refused.error().kind, ErrorKind::denied);
    EXPECT_EQ(refused.error().what.args.at("who"), "student@client, process 3");
    EXPECT_TRUE(host.restore(soon()));
    EXPECT_EQ(environment.scripts.size(), 1u) << "what is another's is not put back";
  }
}

TEST(BrokerHost, an_answer_that_was_lost_is_asked_for_before_anything_is_put_back) {
  for (const bool came_to_be : {false, true}) {
    FakeWorld environment{{failure(ErrorKind::timeout, msg("late")), says(came_to_be ? "ours \n" : "none \n")}, {}, {}};
    if (came_to_be) environment.answers.insert(environment.answers.end(), {restored(nothing_there()), says("")});
    SshBrokerHost host(environment.opener(), a_profile());
    EXPECT_FALSE(host.acquire({}, soon()));
    EXPECT_TRUE(host.restore(soon()));
    EXPECT_TRUE(environment.answers.empty());
  }
}

TEST(BrokerHost, each_way_to_be_down_is_told) {
  for (const char* state : {"refused", "died", "absent", "old", "mute", "waiting"}) {
    FakeWorld environment{{taken(), says(std::string("state ") + state + "\nsums\nwords\nError: oh\n")}, {}, {}};
    SshBrokerHost host(environment.opener(), a_profile());
    ASSERT_TRUE(host.acquire({}, soon()));
    const auto applied = host.apply(stage, soon());
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().kind, ErrorKind::broker_down) << state;
    EXPECT_EQ(applied.error().detail, "Error: oh\n") << state;
  }
}

TEST(BrokerHost, a_broken_shell_is_replaced_for_restoring) {
  FakeWorld environment{
      {taken(), failure(ErrorKind::timeout, msg("late")), restored(nothing_there()), says("")}, {}, {}};
  SshBrokerHost host(environment.opener(), a_profile());
  ASSERT_TRUE(host.acquire({}, soon()));
  const auto applied = host.apply(stage, soon());
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, ErrorKind::timeout);
  EXPECT_TRUE(host.restore(soon()));
  EXPECT_EQ(environment.opened, 2);
  EXPECT_NE(environment.take_overs.at(1).find("take_over '1:1'"), std::string::npos) << "the first shell is ended";
}

TEST(BrokerHost, restoring_is_proven_by_reading_again) {
  FakeWorld environment{{taken(), restored(std::string("path ") + conf + "\nfile 644 0:0 1 " + sum + "\nstopped\n"),
                         restored(nothing_there()), says("")},
                        {},
                        {}};
  BrokerProfile profile = a_profile();
  profile.journal = "/j";
  SshBrokerHost host(environment.opener(), profile);
  ASSERT_TRUE(host.acquire({}, soon()));
  const auto put_back = host.restore(soon());
  ASSERT_FALSE(put_back);
  EXPECT_NE(put_back.error().detail.find(std::string("rm -f -- '") + conf), std::string::npos);
  EXPECT_NE(put_back.error().detail.find("rm -rf -- '/j'"), std::string::npos);
  EXPECT_TRUE(host.restore(soon())) << "it may be tried again";
}

TEST(BrokerHost, a_broker_that_runs_after_restoring_though_it_did_not_before_is_an_error) {
  FakeWorld environment{{taken(), restored(std::string("path ") + conf + "\nabsent\nrunning 1:2 075B\n")}, {}, {}};
  SshBrokerHost host(environment.opener(), a_profile());
  ASSERT_TRUE(host.acquire({}, soon()));
  EXPECT_FALSE(host.restore(soon()));
}

TEST(BrokerHost, a_journal_that_cannot_be_removed_is_an_error) {
  FakeWorld environment{
      {taken(), restored(nothing_there()), Result<ssh::ShellOutput>(ssh::ShellOutput{1, "", "rm: no"})}, {}, {}};
  SshBrokerHost host(environment.opener(), a_profile());
  ASSERT_TRUE(host.acquire({}, soon()));
  EXPECT_FALSE(host.restore(soon()));
}

TEST(BrokerHost, what_another_run_has_left_is_put_back_once_it_is_ours) {
  FakeWorld environment{
      {says("held somebody\n"), says("ours somebody\n"), restored(nothing_there()), says("")}, {}, {}};
  SshBrokerHost host(environment.opener(), a_profile());
  EXPECT_EQ(host.take_over(TakeOver::if_left, soon())->state, JournalOwner::State::held);
  EXPECT_TRUE(host.restore(soon()));
  EXPECT_EQ(environment.scripts.size(), 1u) << "it is not ours";
  EXPECT_EQ(host.take_over(TakeOver::by_force, soon())->description, "somebody");
  EXPECT_TRUE(host.restore(soon()));
  EXPECT_TRUE(environment.answers.empty());
}

TEST(BrokerHost, that_hides_other_users_processes_says_neither_yes_nor_no) {
  FakeWorld environment{{ssh::ShellOutput{0, "", ""}, ssh::ShellOutput{1, "", ""}, ssh::ShellOutput{2, "", ""},
                         ssh::ShellOutput{2, "", ""}},
                        {},
                        {}};
  SshBrokerHost host(environment.opener(), a_profile());
  EXPECT_EQ(host.broker_runs(soon()), true);
  EXPECT_EQ(host.broker_runs(soon()), false);
  EXPECT_FALSE(host.broker_runs(soon()).has_value());
  EXPECT_FALSE(host.listens(8883, soon()).has_value());
  EXPECT_NE(environment.scripts.back().find("someone_listens 22B3"), std::string::npos);
}

}  // namespace mqtts::remote
