#include "harness/targets/container/engine.h"

#include <poll.h>

#include <csignal>

#include <gmock/gmock.h>

#include "harness/util/run_program.h"
#include "tests/targets/container/fake_engine.h"

namespace mqtts::targets {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// Sets $PATH during a test.
class Path {
 public:
  explicit Path(const std::string& path) : before_(std::getenv("PATH")) { setenv("PATH", path.c_str(), 1); }
  ~Path() { setenv("PATH", before_.c_str(), 1); }
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;

 private:
  std::string before_;
};

TEST_F(FakeEngine, podman_goes_before_docker) {
  const Path path(folder_);
  const auto none = Engine::find();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::missing_program);
  EXPECT_THAT(told(none.error()), HasSubstr("podman or docker"));
  program("docker", "");
  EXPECT_EQ(Engine::find()->name(), "docker");
  program("podman", "");
  EXPECT_EQ(Engine::find()->name(), "podman");
}

TEST_F(FakeEngine, the_one_that_is_named_is_taken_or_none) {
  const Path path(folder_);
  program("podman", "");
  program("other", "");
  setenv("MQTTS_HARNESS_CONTAINER_ENGINE", "other", 1);
  EXPECT_EQ(Engine::find()->program(), folder_ / "other");
  setenv("MQTTS_HARNESS_CONTAINER_ENGINE", "absent", 1);
  const auto absent = Engine::find();
  ASSERT_FALSE(absent);
  EXPECT_THAT(told(absent.error()), HasSubstr("absent"));
}

TEST_F(FakeEngine, tells_the_status_and_what_was_said_on_both_streams) {
  const auto answer = engine("echo out; echo err >&2; exit 125").run({"images", "a b"}, Deadline::in(20s));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 125);
  EXPECT_EQ(answer->out, "out\n");
  EXPECT_EQ(answer->err, "err\n");
  EXPECT_EQ(answer->words(), "out\nerr\n");
  EXPECT_EQ(content("calls"), "images a b\n");
}

TEST_F(FakeEngine, has_no_input_to_wait_for) { EXPECT_EQ(engine("cat").run({"x"}, Deadline::in(20s))->words(), ""); }

TEST_F(FakeEngine, that_hangs_is_ended_with_what_it_started) {
  const auto engine_that_hangs = engine("sleep 1000 & echo $! >" + (folder_ / "child").string() + "; echo busy; wait");
  const auto answer = engine_that_hangs.run({"build", "."}, Deadline::in(1s));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::timeout);
  EXPECT_EQ(answer.error().detail, "busy\n");
  EXPECT_THAT(told(answer.error()), HasSubstr("`podman build`"));
  const auto child = std::stoi(content("child"));
  const auto deadline = Deadline::in(10s);
  while (kill(child, 0) == 0 && !deadline.passed()) poll(nullptr, 0, 2);
  EXPECT_NE(kill(child, 0), 0);
}

TEST_F(FakeEngine, is_ended_when_we_are_stopped) {
  const StopFlag stop = SIGINT;
  const auto answer = engine("sleep 1000").run({"pull"}, Deadline::in(1000s, &stop));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::interrupted);
}

TEST(LastWords, are_whole_lines_from_the_end) {
  EXPECT_EQ(last_words("short\n"), "short\n");
  std::string log;
  for (int i = 0; i < 1000; ++i) log += "line " + std::to_string(i) + "\n";
  const auto words = last_words(log);
  EXPECT_LE(words.size(), 2000u);
  EXPECT_TRUE(words.starts_with("line "));
  EXPECT_TRUE(words.ends_with("line 999\n"));
  EXPECT_EQ(last_words(std::string(5000, 'x')).size(), 2000u);
}

}  // namespace
}  // namespace mqtts::targets
