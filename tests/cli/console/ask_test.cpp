// On a pseudo-terminal of our own.
#include "harness/cli/console/ask.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <future>

#include <gtest/gtest.h>

namespace mqtts::cli {
namespace {

using namespace std::chrono_literals;

class AskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    person = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    ASSERT_GE(person, 0);
    ASSERT_EQ(grantpt(person) | unlockpt(person), 0);
    terminal = ptsname(person);
    keeper = open(terminal.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    ASSERT_GE(keeper, 0);
  }
  void TearDown() override {
    close(keeper);
    close(person);
  }

  // What the person sees until `text` has come.
  std::string sees(const std::string& text) const {
    std::string seen;
    const auto deadline = Deadline::in(10s);
    while (seen.find(text) == std::string::npos && !deadline.passed()) {
      pollfd waiting{person, POLLIN, 0};
      char letter = 0;
      if (poll(&waiting, 1, 50) > 0 && read(person, &letter, 1) == 1) seen += letter;
    }
    return seen;
  }
  void types(const std::string& text) const {
    EXPECT_EQ(write(person, text.data(), text.size()), ssize_t(text.size()));
  }
  bool echoes() const {
    termios now{};
    tcgetattr(keeper, &now);
    return (now.c_lflag & ECHO) != 0;
  }

  int person = -1;
  int keeper = -1;
  std::string terminal;
};

TEST_F(AskTest, reads_one_line_that_is_not_shown) {
  auto answer =
      std::async(std::launch::async, [&] { return ask_secret("Passphrase: ", Deadline::in(20s), terminal.c_str()); });
  EXPECT_EQ(sees("Passphrase: "), "Passphrase: ");
  EXPECT_FALSE(echoes());
  types("open sesame\n");
  EXPECT_EQ(*answer.get(), "open sesame");
  EXPECT_EQ(sees("\n").find("sesame"), std::string::npos);
  EXPECT_TRUE(echoes());
}

TEST_F(AskTest, costs_the_deadline_and_no_more_and_the_terminal_is_as_it_was) {
  const auto start = Clock::now();
  const auto answer = ask_secret("Passphrase: ", Deadline::in(300ms), terminal.c_str());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::timeout);
  EXPECT_LT(seconds_since(start), 3.0);
  EXPECT_TRUE(echoes());
}

TEST_F(AskTest, ends_when_a_stop_is_asked_for) {
  const StopFlag stop = 2;
  const auto answer = ask_secret("Passphrase: ", Deadline::in(20s, &stop), terminal.c_str());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::interrupted);
}

TEST_F(AskTest, says_that_there_is_no_terminal) {
  for (const auto* place : {"/no/such/terminal", "/dev/null"}) {
    const auto answer = ask_secret("Passphrase: ", Deadline::in(20s), place);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::local);
  }
}

}  // namespace
}  // namespace mqtts::cli
