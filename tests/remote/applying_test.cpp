#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <csignal>

#include "harness/brokers/mosquitto_versions.h"
#include "harness/ssh/address.h"
#include "tests/remote/embedded.h"

namespace mqtts::remote {

using namespace std::chrono_literals;

class ApplyingTest : public OnEmbeddedHost {
 protected:
  void SetUp() override {
    OnEmbeddedHost::SetUp();
    broker.emplace(opener(), target.broker);
  }
  Error expect_down(const StageSetup& setup) {
    const auto applied = take_and_apply(*broker, setup, Deadline::in(5s));
    EXPECT_FALSE(applied);
    if (applied) return {};
    EXPECT_EQ(applied.error().kind, ErrorKind::broker_down) << told(applied.error());
    return applied.error();
  }
  std::optional<SshBrokerHost> broker;
};

int mode_of(const std::string& path) {
  struct stat facts {};
  return stat(path.c_str(), &facts) == 0 ? static_cast<int>(facts.st_mode & 07777) : -1;
}

TEST_F(ApplyingTest, a_stage_is_in_effect_when_apply_returns) {
  const auto applied = take_and_apply(*broker, open_stage(), soon());
  ASSERT_TRUE(applied) << told(applied.error());
  EXPECT_EQ(kill(static_cast<pid_t>(applied->process_id), 0), 0);
  EXPECT_TRUE(ssh::connect_tcp("127.0.0.1", target.mqtt.plain_port, soon()));
  EXPECT_EQ(read_file(target.broker.configuration_path), open_stage().configuration);
  EXPECT_TRUE(broker->broker_runs(soon()).value());
}

TEST_F(ApplyingTest, the_broker_tells_its_version_before_and_after) {
  const auto before = broker->version_words(soon());
  ASSERT_TRUE(before) << told(before.error());
  const auto version = brokers::broker_version_from(*before);
  ASSERT_TRUE(version) << *before;
  ASSERT_TRUE(take_and_apply(*broker, open_stage(), soon()));
  EXPECT_EQ(brokers::broker_version_from(broker->version_words(soon()).value()), version);
  EXPECT_NE(read_file(target.broker.log_path).find("mosquitto version " + version->text + " starting"),
            std::string::npos);
}

TEST_F(ApplyingTest, files_are_put_whole_with_their_modes_and_nothing_else_is_left) {
  auto setup = open_stage();
  std::string bytes;
  for (int i = 0; i < 256 * 400; ++i) bytes += static_cast<char>(i % 256);
  const std::string folder = target.broker.home;
  setup.files = {{folder + "/it's a file", bytes, 0600, ""}, {folder + "/deep/er/empty", "", 0644, target.broker.user}};
  const auto applied = take_and_apply(*broker, setup, soon());
  ASSERT_TRUE(applied) << told(applied.error());
  EXPECT_EQ(read_file(setup.files[0].path), bytes);
  EXPECT_EQ(mode_of(setup.files[0].path), 0600);
  EXPECT_EQ(mode_of(setup.files[1].path), 0644);
  EXPECT_EQ(mode_of(folder + "/deep/er"), 0755);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(target.broker.root)) {
    EXPECT_FALSE(entry.path().filename().string().starts_with(".mqtts-")) << entry.path();
  }
}

TEST_F(ApplyingTest, each_stage_is_a_new_process) {
  const auto first = take_and_apply(*broker, open_stage(), soon());
  const auto second = take_and_apply(*broker, open_stage(), soon());
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->process_id, second->process_id);
  EXPECT_NE(kill(static_cast<pid_t>(first->process_id), 0), 0);
}

TEST_F(ApplyingTest, a_broken_configuration_is_told_in_the_brokers_words) {
  auto setup = open_stage();
  setup.configuration += "no_such_option true\n";
  const Error error = expect_down(setup);
  EXPECT_NE(error.detail.find("no_such_option"), std::string::npos) << told(error);
  EXPECT_FALSE(our_broker_runs());
}

TEST_F(ApplyingTest, a_missing_certificate_is_told_although_the_start_command_succeeds) {
  auto setup = open_stage();
  setup.configuration += "listener " + target.broker.tls_listener + "\ncertfile /nothing.crt\nkeyfile /nothing.key\n";
  setup.listening.push_back(target.mqtt.tls_port);
  const Error error = expect_down(setup);
  EXPECT_NE(error.detail.find("/nothing.crt"), std::string::npos) << told(error);
}

// Started by root, Mosquitto lays its rights down before it reads keys; the start command knows nothing of that.
TEST_F(ApplyingTest, a_key_that_the_brokers_own_user_may_not_read_is_told) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can lay down rights";
  std::filesystem::permissions(std::filesystem::path(host->target_file()).parent_path(),
                               std::filesystem::perms::others_exec, std::filesystem::perm_options::add);
  for (const char* folder : {"", "/home", "/var", "/var/log", "/run"}) {
    std::filesystem::permissions(target.broker.root + folder, std::filesystem::perms::all);
  }
  auto setup = open_stage();
  const auto at = setup.configuration.find("user root");
  setup.configuration.replace(at, std::string("user root").size(), "user nobody");
  const std::string key = target.broker.home + "/server.key";
  setup.files = {{key, "a key", 0600, ""}};
  setup.configuration += "listener " + target.broker.tls_listener + "\ncertfile " + key + "\nkeyfile " + key + "\n";
  setup.listening.push_back(target.mqtt.tls_port);
  const Error error = expect_down(setup);
  EXPECT_NE(error.detail.find("Permission denied"), std::string::npos) << told(error);
}

TEST_F(ApplyingTest, a_port_in_use_is_told) {
  ASSERT_TRUE(take_and_apply(*broker, open_stage(), soon()));
  auto other = targets::EmbeddedHost::start(soon());
  ASSERT_TRUE(other);
  const auto others = read_target(other->target_file());
  SshBrokerHost second(ssh::ssh_opener(*others.ssh, ssh::Privilege::login_user), others.broker);
  const std::string lines =
      fmt::format("{}\nlistener {}\n", fmt::join(others.broker.base, "\n"), target.broker.plain_listener);
  const auto applied = take_and_apply(second, {"open", {}, lines, {target.mqtt.plain_port}}, Deadline::in(5s));
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, ErrorKind::broker_down);
  EXPECT_NE(applied.error().detail.find("in use"), std::string::npos) << told(applied.error());
}

TEST_F(ApplyingTest, a_listener_that_is_not_configured_is_missed) {
  auto setup = open_stage();
  setup.listening.push_back(target.mqtt.tls_port);
  const auto start = Clock::now();
  const auto applied = take_and_apply(*broker, setup, Deadline::in(2s));
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, ErrorKind::broker_down) << told(applied.error());
  EXPECT_LT(seconds_since(start), 2.2);
  EXPECT_NE(applied.error().detail.find("running"), std::string::npos) << "the log is shown";
}

TEST_F(ApplyingTest, a_log_that_cannot_be_made_is_told) {
  target.broker.log_path = target.broker.root + "/nowhere/mosquitto.log";
  broker.emplace(opener(), target.broker);
  auto setup = open_stage();
  const auto at = setup.configuration.find("log_dest file ");
  setup.configuration.replace(at, setup.configuration.find('\n', at) - at, "log_dest file " + target.broker.log_path);
  const auto start = Clock::now();
  const Error error = expect_down(setup);
  EXPECT_LT(seconds_since(start), 3.0) << "and at once";
  EXPECT_NE(told(error).find("nowhere/mosquitto.log"), std::string::npos) << told(error);
}

TEST_F(ApplyingTest, a_start_command_that_starts_nothing_is_noticed) {
  target.broker.start_command = "true";
  broker.emplace(opener(), target.broker);
  const auto start = Clock::now();
  expect_down(open_stage());
  EXPECT_LT(seconds_since(start), 3.0);
}

TEST_F(ApplyingTest, a_broker_that_does_not_stop_is_noticed) {
  const std::string stubborn = target.broker.home + "/stubborn";
  target.broker.stop_command = "[ ! -e " + stubborn + " ] || exit 0\n" + target.broker.stop_command;
  broker.emplace(opener(), target.broker);
  ASSERT_TRUE(take_and_apply(*broker, open_stage(), soon()));
  write_file(stubborn, "");
  const auto applied = take_and_apply(*broker, open_stage(), Deadline::in(2s));
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, ErrorKind::broker_down) << told(applied.error());
}

TEST_F(ApplyingTest, files_that_cannot_be_put_are_an_error_before_the_broker_is_touched) {
  auto setup = open_stage();
  setup.files = {{"/proc/mqtts/file", "x", 0644, ""}};
  ASSERT_TRUE(broker->acquire(paths_of(setup), soon()));
  const auto first = broker->apply(open_stage(), soon());
  ASSERT_TRUE(first);
  const auto applied = broker->apply(setup, soon());
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, ErrorKind::remote) << told(applied.error());
  EXPECT_EQ(kill(static_cast<pid_t>(first->process_id), 0), 0);
}

TEST_F(ApplyingTest, new_log_lines_come_once) {
  ASSERT_TRUE(take_and_apply(*broker, open_stage(), soon()));
  EXPECT_EQ(broker->new_log_lines(soon()).value(), "");
  ssh::connect_tcp("127.0.0.1", target.mqtt.plain_port, soon());
  std::string lines;
  for (const auto deadline = soon(); lines.empty() && !deadline.passed();) {
    lines = broker->new_log_lines(deadline).value();
  }
  EXPECT_NE(lines.find("New connection from 127.0.0.1"), std::string::npos) << lines;
  EXPECT_EQ(lines.find("starting"), std::string::npos) << lines;
}

TEST_F(ApplyingTest, of_too_long_a_log_the_last_lines_come) {
  ASSERT_TRUE(take_and_apply(*broker, open_stage(), soon()));
  std::ofstream log(target.broker.log_path, std::ios::app);
  for (int i = 0; i < 10'000; ++i) log << "line " << i << " of a flood\n";
  log << "half a li" << std::flush;
  const auto lines = broker->new_log_lines(soon()).value();
  EXPECT_LE(lines.size(), 64u * 1024 + 100);
  EXPECT_TRUE(lines.starts_with("[")) << lines.substr(0, 100);
  EXPECT_TRUE(lines.ends_with("line 9999 of a flood\n")) << lines.substr(lines.size() - 100);
  log << "ne\n" << std::flush;
  EXPECT_EQ(broker->new_log_lines(soon()).value(), "half a line\n");
}

TEST_F(ApplyingTest, without_a_stage_the_first_look_at_the_log_marks_the_place) {
  write_file(target.broker.log_path, "old\n");
  EXPECT_EQ(broker->new_log_lines(soon()).value(), "");
  std::ofstream(target.broker.log_path, std::ios::app) << "new\n";
  EXPECT_EQ(broker->new_log_lines(soon()).value(), "new\n");
}

TEST_F(ApplyingTest, a_missing_log_is_an_error) {
  const auto lines = broker->new_log_lines(soon());
  ASSERT_FALSE(lines);
  EXPECT_EQ(lines.error().kind, ErrorKind::remote);
}

TEST_F(ApplyingTest, a_stage_takes_little_time) {
  auto setup = open_stage();
  for (int i = 0; i < 5; ++i)
    setup.files.push_back(
        {fmt::format("{}/{}.pem", target.broker.home, i), std::string(1700, 'x'), i == 0 ? 0600 : 0644, ""});
  ASSERT_TRUE(take_and_apply(*broker, setup, soon()));
  double transfer = 0, restart = 0;
  constexpr int rounds = 10;
  for (int i = 0; i < rounds; ++i) {
    const auto applied = take_and_apply(*broker, setup, soon());
    ASSERT_TRUE(applied) << told(applied.error());
    transfer += applied->transfer_seconds * 1000 / rounds;
    restart += applied->restart_seconds * 1000 / rounds;
  }
  std::cout << fmt::format("transfer {:.1f} ms, restart {:.1f} ms\n", transfer, restart);
  EXPECT_LT(transfer + restart, 1000);
}

}  // namespace mqtts::remote
