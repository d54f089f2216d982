// On pipes and on a pseudo-terminal of our own.
#include "harness/cli/watch/keyboard.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>

#include <gtest/gtest.h>

#include "tests/support/must.h"

namespace mqtts::cli::watch {
namespace {

using namespace std::chrono_literals;
using test::soon;

void type(int descriptor, const std::string& text) {
  ASSERT_EQ(write(descriptor, text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

class KeyboardTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(pipe2(pipe, O_CLOEXEC), 0); }
  void TearDown() override {
    for (const int end : pipe) close(end);
  }
  std::function<void()> quit() {
    return [&] {
      quits = true;
      mailbox.put_again();
    };
  }

  int pipe[2] = {-1, -1};
  const StopFlag stop{0};
  Mailbox mailbox;
  std::atomic<bool> quits = false;
};

TEST_F(KeyboardTest, tells_enter_q_and_the_end) {
  const Keyboard keyboard(pipe[0], mailbox, quit(), stop);
  type(pipe[1], "\n");
  EXPECT_TRUE(mailbox.take(soon()).asked_again);
  EXPECT_FALSE(quits);
  type(pipe[1], "q");
  mailbox.take(soon());
  EXPECT_TRUE(quits);
  close(std::exchange(pipe[1], -1));
  const auto news = mailbox.take(soon());
  EXPECT_TRUE(news.keys_ended);
  EXPECT_FALSE(news.asked_again);
}

TEST_F(KeyboardTest, gives_keys_of_a_terminal_at_once_and_leaves_it_as_it_was) {
  const int person = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_GE(person, 0);
  ASSERT_EQ(grantpt(person) | unlockpt(person), 0);
  const int terminal = open(ptsname(person), O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_GE(terminal, 0);
  termios before{}, after{};
  tcgetattr(terminal, &before);
  {
    const Keyboard keyboard(terminal, mailbox, quit(), stop);
    tcgetattr(terminal, &after);
    EXPECT_EQ(after.c_lflag & (ICANON | ECHO), 0u);
    EXPECT_NE(after.c_lflag & ISIG, 0u) << "Ctrl-C must still be one";
    type(person, "q");
    mailbox.take(soon());
    EXPECT_TRUE(quits) << "without Enter";
  }
  tcgetattr(terminal, &after);
  EXPECT_EQ(after.c_lflag, before.c_lflag);
  close(terminal);
  close(person);
}

}  // namespace
}  // namespace mqtts::cli::watch
