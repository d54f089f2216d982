// The commands of a shipped profile, with a real Mosquitto: two of them, and only the one that is meant is stopped.
#include <signal.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/brokers/mosquitto_versions.h"
#include "harness/targets/load_target.h"
#include "harness/util/deadline.h"
#include "tests/reports/temporary_folder.h"

namespace mqtts::brokers {
namespace {

using namespace std::chrono_literals;

struct Ran {
  int status = 0;
  std::string output;
};

Ran run(const std::string& script) {
  Ran ran;
  std::FILE* pipe = popen(("exec 2>&1\n" + script).c_str(), "r");
  if (pipe == nullptr) return {-1, "no shell"};
  std::array<char, 512> bytes{};
  while (const auto size = std::fread(bytes.data(), 1, bytes.size(), pipe)) ran.output.append(bytes.data(), size);
  ran.status = pclose(pipe);
  return ran;
}

// A broker that the profile mosquitto-bare drives, on a socket file in a folder of its own.
class BareBroker {
 public:
  BareBroker() {
    const auto place = [&](const char* name) { return (folder_.path() / name).string(); };
    const auto target = R"({ "schema": "mqtts-harness/target/v1", "name": "t", "mqtt": { "host": "127.0.0.1" },
      "broker": { "profile": "mosquitto-bare", "configuration": ")" +
                        place("it's conf") + R"(", "log": ")" + place("log") + R"(", "pid_file": ")" + place("pid") +
                        R"(" } })";
    profile_ = targets::parse_target(target, "t.json").target.value().broker;
    std::ofstream configuration(profile_.configuration_path);
    for (const auto& line : profile_.base) configuration << line << '\n';
    configuration << "user root\nlistener 0 " << place("socket") << "\nallow_anonymous true\n";
  }
  ~BareBroker() {
    if (const auto running = process(); running > 0) kill(running, SIGKILL);
  }
  BareBroker(const BareBroker&) = delete;
  BareBroker& operator=(const BareBroker&) = delete;

  void start() {
    const auto started = run(profile_.start_command);
    ASSERT_EQ(started.status, 0) << started.output;
    const auto deadline = Deadline::in(20s);
    while (log().find(" running") == std::string::npos) {
      ASSERT_FALSE(deadline.passed()) << log();
      std::this_thread::sleep_for(5ms);
    }
  }
  pid_t process() const {
    pid_t number = 0;
    std::ifstream(profile_.pid_file) >> number;
    return number;
  }
  std::string log() const {
    std::ifstream file(profile_.log_path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  const BrokerProfile& profile() const { return profile_; }

 private:
  reports::TemporaryFolder folder_;
  BrokerProfile profile_;
};

// A dead process that nobody has taken away yet has no command line any more.
bool is_alive(pid_t process) {
  std::ifstream command_line("/proc/" + std::to_string(process) + "/cmdline");
  return command_line.get() != std::ifstream::traits_type::eof();
}

TEST(profile_local, bare_stops_its_own_broker_and_returns_when_it_has_gone) {
  BareBroker one, other;
  ASSERT_NO_FATAL_FAILURE(one.start());
  ASSERT_NO_FATAL_FAILURE(other.start());
  const auto process = one.process();
  ASSERT_TRUE(is_alive(process));
  const auto stopped = run(one.profile().stop_command);
  EXPECT_EQ(stopped.status, 0) << stopped.output;
  EXPECT_EQ(stopped.output, "");
  EXPECT_FALSE(is_alive(process));
  EXPECT_THAT(one.log(), testing::HasSubstr("terminating"));
  EXPECT_TRUE(is_alive(other.process()));
  EXPECT_EQ(run(one.profile().stop_command).status, 0) << "it is harmless twice";
  EXPECT_EQ(run(other.profile().stop_command).status, 0);
}

TEST(profile_local, tells_the_version) {
  const BareBroker broker;
  const auto said = run(broker.profile().version_command);
  const auto version = broker_version_from(said.output);
  ASSERT_TRUE(version) << said.output;
  EXPECT_THAT(said.output, testing::HasSubstr(version->text));
}

}  // namespace
}  // namespace mqtts::brokers
