// sudo as a script in the PATH of the embedded host: what is sent to it, and when.
#include <sys/stat.h>

#include "harness/ssh/shell.h"
#include "harness/ssh/sudo_password.h"
#include "tests/remote/ssh_world.h"

namespace mqtts::ssh {

using remote::read_file;
using remote::told;
using remote::write_file;
using test::soon;

using namespace std::chrono_literals;

class SudoTest : public remote::SshWorld {
 protected:
  void SetUp() override {
    remote::SshWorld::SetUp();
    std::filesystem::create_directory(folder() / "bin");
    change_sshd("SetEnv ", "SetEnv PATH=\"" + (folder() / "bin").string() + ":/usr/bin:/bin\" ");
    ssh().sudo_password_file = password_file("open sesame\n", 0600);
  }

  std::string password_file(const std::string& content, mode_t mode) const {
    const auto file = folder() / "sudo.pw";
    write_file(file, content);
    chmod(file.c_str(), mode);
    return file;
  }

  // `body` runs with $prompt set, and the command as its arguments; it writes what it reads to the file `told`.
  void install_sudo(const std::string& body) const {
    const auto file = folder() / "bin/sudo";
    write_file(file, "#!/bin/sh\ntold=" + (folder() / "told").string() + "\necho \"$*\" >\"$told.arguments\"\n" +
                         "while :; do case $1 in -p) prompt=$2; shift 2 ;; -*) shift ;; *) break ;; esac; done\n" +
                         body);
    chmod(file.c_str(), 0755);
  }
  std::string told_to_sudo() const { return read_file(folder() / "told"); }

  Result<std::unique_ptr<Shell>> open() { return open_ssh_shell(ssh(), Privilege::sudo, soon()); }

  static constexpr auto asks_for_it =
      "printf 'We trust you have received the usual lecture.\\n%s' \"$prompt\" >&2; tries=0\n"
      "while read -r line; do\n"
      "  echo \"$line\" >>\"$told\"\n"
      "  [ \"$line\" != 'open sesame' ] || exec env AS=root \"$@\"\n"
      "  tries=$((tries + 1)); [ $tries -lt 3 ] || break\n"
      "  printf 'Sorry, try again.\\n%s' \"$prompt\" >&2\n"
      "done\n"
      "echo 'sudo: 3 incorrect password attempts' >&2; exit 1\n";
};

TEST_F(SudoTest, gets_the_password_when_it_asks_and_the_shell_does_not) {
  install_sudo(asks_for_it);
  auto shell = open();
  ASSERT_TRUE(shell) << told(shell.error());
  const auto output = (*shell)->run("echo \"$AS\"; echo err >&2", soon());
  EXPECT_EQ(output->out, "root\n");
  EXPECT_EQ(output->err, "err\n");
  EXPECT_EQ(told_to_sudo(), "open sesame\n");
  EXPECT_EQ(read_file(folder() / "told.arguments").find("sesame"), std::string::npos);
}

TEST_F(SudoTest, that_does_not_ask_is_told_nothing) {
  install_sudo("tee \"$told\" | \"$@\"\n");
  auto shell = open();
  ASSERT_TRUE(shell) << told(shell.error());
  EXPECT_EQ((*shell)->run("echo hello", soon())->out, "hello\n");
  EXPECT_NE(told_to_sudo().find("echo hello"), std::string::npos);
  EXPECT_EQ(told_to_sudo().find("sesame"), std::string::npos) << told_to_sudo();
}

TEST_F(SudoTest, is_not_told_a_wrong_password_twice_nor_our_scripts) {
  install_sudo(asks_for_it);
  password_file("wrong\n", 0600);
  const auto start = Clock::now();
  const auto shell = open();
  ASSERT_FALSE(shell);
  EXPECT_EQ(shell.error().kind, ErrorKind::denied);
  EXPECT_NE(told(shell.error()).find("refuses the password"), std::string::npos) << told(shell.error());
  EXPECT_EQ(told(shell.error()).find("wrong"), std::string::npos) << "the password is in the error";
  EXPECT_EQ(told_to_sudo(), "wrong\n");
  EXPECT_LT(seconds_since(start), 10.0);
}

TEST_F(SudoTest, that_is_not_for_this_user_is_said) {
  install_sudo("printf '%s' \"$prompt\" >&2; read -r line; echo 'u is not in the sudoers file.' >&2; exit 1\n");
  const auto shell = open();
  ASSERT_FALSE(shell);
  EXPECT_NE(told(shell.error()).find("sudo is not allowed to this user"), std::string::npos) << told(shell.error());
}

TEST_F(SudoTest, that_stays_silent_costs_the_deadline_and_no_more) {
  install_sudo("exec sleep 20\n");
  const auto start = Clock::now();
  const auto shell = open_ssh_shell(ssh(), Privilege::sudo, Deadline::in(3s));
  ASSERT_FALSE(shell);
  EXPECT_EQ(shell.error().kind, ErrorKind::timeout) << told(shell.error());
  EXPECT_LT(seconds_since(start), 5.0);
}

TEST_F(SudoTest, password_file_that_others_can_read_is_refused) {
  for (const mode_t mode : {0640, 0604, 0620}) {
    const auto password = read_sudo_password(password_file("x\n", mode));
    ASSERT_FALSE(password) << mode;
    EXPECT_EQ(password.error().kind, ErrorKind::denied);
  }
}

TEST_F(SudoTest, password_is_the_first_line) {
  EXPECT_EQ(read_sudo_password(password_file("a b \nc\n", 0600)), "a b ");
  EXPECT_EQ(read_sudo_password(password_file("no end", 0400)), "no end");
  EXPECT_EQ(read_sudo_password(password_file("dos\r\n", 0600)), "dos");
  EXPECT_FALSE(read_sudo_password(password_file("\nx\n", 0600)));
  EXPECT_FALSE(read_sudo_password("/no/such/file"));
}

}  // namespace mqtts::ssh
