// `watch` as a student runs it, on a private lab.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"

namespace mqtts::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const auto waiting = "waiting for a change of the broker's configuration";

class WatchedLab : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(pipe2(keys, O_CLOEXEC), 0);
    const auto up = run({"lab", "up"});
    ASSERT_EQ(up.code, 0) << up.err;
    const std::string mark = "--target ";
    const auto at = up.out.find(mark) + mark.size();
    target = up.out.substr(at, up.out.find('\n', at) - at);
    configuration = nlohmann::json::parse(read(target))["broker"]["configuration"].get<std::string>();
  }
  void TearDown() override {
    run({"lab", "down"});
    close(keys[0]);
    if (keys[1] >= 0) close(keys[1]);
  }

  Environment environment(const std::string& mark = "") const {
    return {{"XDG_RUNTIME_DIR", folder.path()}, {"TMPDIR", folder.path()}, {"LC_ALL", "C.UTF-8"}, {"MARK", mark}};
  }
  Ended run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), harness());
    return Program(std::move(arguments), folder.path(), environment()).end();
  }
  std::vector<std::string> watch(const std::string& of, std::vector<std::string> more = {}) const {
    std::vector<std::string> all{harness(), "watch", lab_plan(), "--target", of};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  void press(const std::string& key) const {
    ASSERT_EQ(write(keys[1], key.data(), key.size()), static_cast<ssize_t>(key.size()));
  }
  void press(char key) const { press(std::string(1, key)); }
  static ssize_t write(int descriptor, const char* bytes, std::size_t size) { return ::write(descriptor, bytes, size); }

  // With a limit: processes may need a moment to end with the program.
  static bool is_gone(const std::string& mark) {
    for (int tries = 0; tries < 500; ++tries) {
      if (processes_marked(mark).empty()) return true;
      usleep(10'000);
    }
    return false;
  }

  Folder folder;
  std::string target;
  std::filesystem::path configuration;
  int keys[2] = {-1, -1};
};

TEST_F(WatchedLab, looks_again_after_a_change_and_on_enter_until_q) {
  const auto mark = folder.path().filename().string() + "-watch";
  Program student(watch(target), folder.path(), environment(mark), keys[0]);
  ASSERT_TRUE(student.then_prints("The next step"));
  EXPECT_TRUE(student.then_prints("tls-accepted"));
  ASSERT_TRUE(student.then_prints(waiting));

  e2e::write(configuration, read(configuration) + "# a word\n");
  ASSERT_TRUE(student.then_prints("Since the last look (the configuration has changed):"));
  EXPECT_TRUE(student.then_prints("no verdict has changed"));
  ASSERT_TRUE(student.then_prints(waiting));

  press('\n');
  ASSERT_TRUE(student.then_prints("Since the last look:"));
  ASSERT_TRUE(student.then_prints(waiting));
  press('q');
  const auto ended = student.end();
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_EQ(ended.err, "");
  EXPECT_THAT(ended.out, Not(HasSubstr("\x1b")));
  EXPECT_TRUE(is_gone(mark));
}

TEST_F(WatchedLab, sees_the_broker_stop_and_ends_at_ctrl_c) {
  const auto mark = folder.path().filename().string() + "-watch";
  Program student(watch(target), folder.path(), environment(mark));
  ASSERT_TRUE(student.then_prints(waiting)) << "nothing to read is no reason to end";
  const pid_t broker = std::stoi(read(nlohmann::json::parse(read(target))["broker"]["pid_file"].get<std::string>()));
  kill(broker, SIGTERM);
  ASSERT_TRUE(student.then_prints("Since the last look (the broker has stopped):"));
  EXPECT_TRUE(student.then_prints("broke"));
  EXPECT_TRUE(student.then_prints("open-listener-accepts"));
  ASSERT_TRUE(student.then_prints(waiting));
  student.signal(SIGINT);
  EXPECT_EQ(student.end().code, 0);
  EXPECT_TRUE(is_gone(mark));
}

TEST_F(WatchedLab, without_ssh_enter_is_all_and_its_end_the_end) {
  auto json = nlohmann::json::parse(read(target));
  json.erase("ssh");
  json.erase("broker");
  e2e::write(folder / "no-ssh.json", json.dump());
  Program student(watch(folder / "no-ssh.json", {"--lang", "fr"}), folder.path(), environment(), keys[0]);
  ASSERT_TRUE(student.then_prints("les changements ne sont donc pas vus"));
  press('\n');
  ASSERT_TRUE(student.then_prints("Depuis le dernier examen :"));
  ASSERT_TRUE(student.then_prints("Entrée : recommencer"));
  close(std::exchange(keys[1], -1));
  EXPECT_EQ(student.end().code, 0);
}

TEST_F(WatchedLab, tells_a_host_that_does_not_answer_and_goes_on) {
  auto json = nlohmann::json::parse(read(target));
  json["ssh"]["port"] = 1;
  e2e::write(folder / "no-answer.json", json.dump());
  Program student(watch(folder / "no-answer.json"), folder.path(), environment(), keys[0]);
  ASSERT_TRUE(student.then_prints("The next step"));
  ASSERT_TRUE(student.then_prints("the broker's host does not answer, and is asked again"));
  press('\n');
  ASSERT_TRUE(student.then_prints("Since the last look:"));
  ASSERT_TRUE(student.then_prints("is asked again"));
  press('q');
  EXPECT_EQ(student.end().code, 0);
}

TEST(Watch, wants_a_broker_that_somebody_works_on) {
  const Folder folder;
  const auto ended = Program({harness(), "watch", lab_plan()}, folder.path()).end();
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("lab up"));
  EXPECT_EQ(Program({harness(), "watch", "nowhere.json"}, folder.path()).end().code, 2);
}

}  // namespace
}  // namespace mqtts::e2e
