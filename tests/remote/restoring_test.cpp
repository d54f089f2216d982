#include <sys/stat.h>

#include <map>

#include "harness/ssh/address.h"
#include "tests/remote/embedded.h"
#include "tests/support/snapshot.h"

namespace mqtts::remote {

using namespace std::chrono_literals;

class RestoringTest : public OnEmbeddedHost {
 protected:
  void SetUp() override {
    OnEmbeddedHost::SetUp();
    broker.emplace(opener(), target.broker);
    const std::string& home = target.broker.home;
    write_file(home + "/secret", std::string("a\0b'\n", 5));
    chmod((home + "/secret").c_str(), 0640);
    std::filesystem::create_symlink("secret", home + "/link");
    write_file(target.broker.configuration_path, "# a student's own\n" + open_stage().configuration);
    chmod(target.broker.configuration_path.c_str(), 0604);
    stage = open_stage();
    stage.files = {{home + "/secret", "other", 0644, ""},
                   {home + "/link", "no link any more", 0600, ""},
                   {home + "/new/folder/file", "new", 0644, ""}};
    before = snapshot(target.broker.root);
  }

  std::optional<SshBrokerHost> broker;
  StageSetup stage;
  std::map<std::string, std::string> before;
};

TEST_F(RestoringTest, everything_is_put_back_bit_for_bit) {
  ASSERT_TRUE(take_and_apply(*broker, stage, soon()));
  ASSERT_NE(snapshot(target.broker.root), before);
  const auto restored = broker->restore(soon());
  ASSERT_TRUE(restored) << told(restored.error());
  EXPECT_EQ(snapshot(target.broker.root), before);
  EXPECT_FALSE(our_broker_runs()) << "it did not run before";
}

TEST_F(RestoringTest, restoring_twice_is_harmless_and_restoring_nothing_too) {
  EXPECT_TRUE(broker->restore(soon()));
  ASSERT_TRUE(take_and_apply(*broker, stage, soon()));
  EXPECT_TRUE(broker->restore(soon()));
  EXPECT_TRUE(broker->restore(soon()));
  EXPECT_EQ(snapshot(target.broker.root), before);
}

TEST_F(RestoringTest, what_stands_before_the_first_stage_counts) {
  auto second = stage;
  second.files = {{target.broker.home + "/secret", "third", 0600, ""},
                  {target.broker.home + "/new/folder/second", "new", 0644, ""}};
  auto paths = paths_of(stage);
  paths.push_back(second.files[1].path);
  ASSERT_TRUE(broker->acquire(paths, soon()));
  ASSERT_TRUE(broker->apply(stage, soon()));
  ASSERT_TRUE(broker->apply(second, soon()));
  const auto restored = broker->restore(soon());
  ASSERT_TRUE(restored) << told(restored.error());
  EXPECT_EQ(snapshot(target.broker.root), before);
}

TEST_F(RestoringTest, after_restoring_another_run_can_follow) {
  ASSERT_TRUE(take_and_apply(*broker, stage, soon()));
  ASSERT_TRUE(broker->restore(soon()));
  ASSERT_TRUE(take_and_apply(*broker, stage, soon()));
  ASSERT_TRUE(broker->restore(soon()));
  EXPECT_EQ(snapshot(target.broker.root), before);
}

TEST_F(RestoringTest, a_broker_that_ran_runs_again_and_listens_where_it_did) {
  auto shell = opener()(soon());
  ASSERT_TRUE(shell && (*shell)->run(target.broker.start_command, soon()));
  const auto deadline = soon();
  while (!ssh::connect_tcp("127.0.0.1", target.mqtt.plain_port, deadline) && !deadline.passed()) continue;
  auto tls_only = stage;
  tls_only.configuration = configuration("listener " + target.broker.tls_listener);
  tls_only.listening = {target.mqtt.tls_port};
  const auto applied = take_and_apply(*broker, tls_only, soon());
  ASSERT_TRUE(applied) << told(applied.error());
  EXPECT_FALSE(ssh::connect_tcp("127.0.0.1", target.mqtt.plain_port, soon()));
  const auto restored = broker->restore(soon());
  ASSERT_TRUE(restored) << told(restored.error());
  EXPECT_TRUE(ssh::connect_tcp("127.0.0.1", target.mqtt.plain_port, soon()));
  EXPECT_TRUE(broker->broker_runs(soon()).value());
  EXPECT_EQ(snapshot(target.broker.root), before);
}

TEST_F(RestoringTest, a_stage_that_brought_the_broker_down_is_put_back) {
  stage.configuration += "no_such_option\n";
  ASSERT_FALSE(take_and_apply(*broker, stage, soon()));
  const auto restored = broker->restore(soon());
  ASSERT_TRUE(restored) << told(restored.error());
  EXPECT_EQ(snapshot(target.broker.root), before);
}

TEST_F(RestoringTest, a_stage_that_ran_out_of_time_is_put_back_and_ended) {
  target.broker.start_command = "sleep 3; echo late >" + target.broker.home + "/secret";
  broker.emplace(opener(), target.broker);
  const auto applied = take_and_apply(*broker, stage, Deadline::in(1s));
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, ErrorKind::timeout) << told(applied.error());
  const auto restored = broker->restore(soon());
  ASSERT_TRUE(restored) << told(restored.error());
  EXPECT_EQ(snapshot(target.broker.root), before);
  auto shell = opener()(soon());
  ASSERT_TRUE(shell && (*shell)->run("sleep 4", soon()));
  EXPECT_EQ(snapshot(target.broker.root), before);
}

TEST_F(RestoringTest, unfinished_journals_are_swept_and_those_of_another_broker_are_not) {
  const auto make = [&](const std::string& suffix) {
    const std::string folder = target.broker.journal + "." + suffix;
    std::filesystem::create_directories(folder);
    write_file(folder + "/holder.0", "0123456789abcdef|boot|1:1|-|somebody\n");
    write_file(folder + "/index", "stopped\n");
    return folder;
  };
  const auto unfinished = make("0123456789abcdef");
  const auto of_another_broker = make("bak");
  ASSERT_TRUE(broker->acquire({}, soon()));
  EXPECT_FALSE(std::filesystem::exists(unfinished));
  EXPECT_TRUE(std::filesystem::exists(of_another_broker + "/index"));
  ASSERT_TRUE(broker->restore(soon()));
  EXPECT_TRUE(std::filesystem::exists(of_another_broker + "/index"));
}

TEST_F(RestoringTest, what_cannot_be_put_back_is_told_with_the_commands_to_do_it_by_hand) {
  ASSERT_TRUE(take_and_apply(*broker, stage, soon()));
  write_file(target.broker.home + "/new/folder/students", "work");
  const auto restored = broker->restore(soon());
  ASSERT_FALSE(restored);
  EXPECT_NE(told(restored.error()).find("folders"), std::string::npos) << told(restored.error());
  EXPECT_EQ(restored.error().detail.find("a\\0b"), std::string::npos) << "the secret is not told";

  std::filesystem::remove(target.broker.home + "/new/folder/students");
  write_file(target.broker.configuration_path, "changed by somebody");
  write_file(target.broker.root + "/by_hand.sh", restored.error().detail);
  std::system(fmt::format("sh {0}/by_hand.sh >/dev/null 2>&1; rm {0}/by_hand.sh", target.broker.root).c_str());
  EXPECT_EQ(snapshot(target.broker.root), before);
}

TEST_F(RestoringTest, a_host_that_has_gone_is_told_with_the_commands_to_do_it_by_hand) {
  ASSERT_TRUE(take_and_apply(*broker, stage, soon()));
  host.reset();
  const auto restored = broker->restore(Deadline::in(5s));
  ASSERT_FALSE(restored);
  // Another test may have taken its port meanwhile, and say nothing there.
  const auto kind = restored.error().kind;
  EXPECT_TRUE(kind == ErrorKind::unreachable || kind == ErrorKind::timeout) << told(restored.error());
  EXPECT_NE(restored.error().detail.find("rm -f -- "), std::string::npos);
}

}  // namespace mqtts::remote
