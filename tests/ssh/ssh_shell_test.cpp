#include <csignal>

#include "tests/remote/embedded.h"

namespace mqtts::ssh {

using remote::told;
using test::soon;

using namespace std::chrono_literals;

class SshShellTest : public remote::OnEmbeddedHost {
 protected:
  void SetUp() override {
    remote::OnEmbeddedHost::SetUp();
    auto opened = open_ssh_shell(ssh(), Privilege::login_user, soon());
    ASSERT_TRUE(opened) << told(opened.error());
    shell = *std::move(opened);
  }
  ShellOutput run(const std::string& script) {
    auto output = shell->run(script, soon());
    EXPECT_TRUE(output) << told(output.error());
    return output.value_or(ShellOutput{-1, {}, {}});
  }
  std::unique_ptr<Shell> shell;
};

TEST_F(SshShellTest, scripts_run_one_by_one_with_status_and_both_streams) {
  for (int i = 0; i < 20; ++i) {
    const auto output = run(fmt::format("echo out{0}; echo err{0} >&2; exit {0}", i));
    EXPECT_EQ(output.status, i);
    EXPECT_EQ(output.out, fmt::format("out{}\n", i));
    EXPECT_EQ(output.err, fmt::format("err{}\n", i));
  }
}

TEST_F(SshShellTest, the_status_is_that_of_the_last_command) { EXPECT_EQ(run("true; false").status, 1); }

TEST_F(SshShellTest, output_without_a_line_end_comes_as_it_is) {
  const auto output = run("printf abc; printf def >&2");
  EXPECT_EQ(output.out, "abc");
  EXPECT_EQ(output.err, "def");
}

TEST_F(SshShellTest, bytes_of_all_values_come_back) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EXPECT_EQ(run("i=0; while [ $i -lt 256 ]; do printf \"\\\\$(printf %03o $i)\"; i=$((i+1)); done").out, bytes);
}

TEST_F(SshShellTest, a_script_cannot_imitate_the_end_by_printing_the_commands_of_the_shell) {
  const auto output = run("tr '\\0' ' ' </proc/$PPID/cmdline >/dev/null; set -v; set -x; eval 'echo 0123456789abcdef'");
  EXPECT_EQ(output.out, "0123456789abcdef\n");
}

TEST_F(SshShellTest, quotes_and_line_ends_in_a_script_survive) {
  EXPECT_EQ(run("cat <<'END'\nit's \"$HOME\" `x` \\\nEND\n").out, "it's \"$HOME\" `x` \\\n");
}

TEST_F(SshShellTest, a_script_reads_nothing_from_its_input) { EXPECT_EQ(run("cat").out, ""); }

TEST_F(SshShellTest, messages_are_in_english) {
  EXPECT_EQ(run("echo $LC_ALL").out, "C\n");
  EXPECT_NE(run("ls /nothing").err.find("No such file"), std::string::npos);
}

TEST_F(SshShellTest, a_mistake_in_a_script_does_not_end_the_shell) {
  EXPECT_NE(run("if then").status, 0);
  EXPECT_EQ(run("echo still here").out, "still here\n");
}

TEST_F(SshShellTest, one_script_leaves_no_trace_in_the_next) {
  run("x=1; cd /; f() { :; }; set -e; trap 'echo bye' EXIT");
  EXPECT_EQ(run("echo \"$x\"; false; type f >/dev/null 2>&1 || echo none").out, "\nnone\n");
}

TEST_F(SshShellTest, a_large_script_and_a_large_output_do_not_block_each_other) {
  const std::string text(700'000, 'x');
  std::string script;
  for (int i = 0; i < 4; ++i) script += "cat <<'END'\n" + text + "\nEND\n";
  const auto output = run(script);
  EXPECT_EQ(output.out.size(), 4 * (text.size() + 1));
}

TEST_F(SshShellTest, more_output_than_the_limit_is_an_error_and_the_shell_says_so_from_then_on) {
  const auto output = shell->run("yes | head -c 6000000", soon());
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().kind, ErrorKind::remote);
  EXPECT_FALSE(shell->usable());
  const auto next = shell->run("echo hello", soon());
  ASSERT_FALSE(next);
  EXPECT_NE(told(next.error()).find("after an earlier error"), std::string::npos);
}

TEST_F(SshShellTest, a_deadline_is_never_empty_output) {
  const auto start = Clock::now();
  const auto output = shell->run("sleep 20", Deadline::in(200ms));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().kind, ErrorKind::timeout);
  EXPECT_LT(seconds_since(start), 2.0);
  EXPECT_FALSE(shell->usable());
}

TEST_F(SshShellTest, a_stop_ends_the_wait) {
  const StopFlag stop = 2;
  const auto output = shell->run("sleep 20", Deadline::in(20s, &stop));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().kind, ErrorKind::interrupted);
}

TEST_F(SshShellTest, a_server_that_falls_silent_in_mid_command_costs_the_deadline) {
  const auto sshd = std::atol(run("read -r _ _ _ parent _ </proc/$PPID/stat; echo $parent").out.c_str());
  const auto login = std::atol(run("echo $PPID").out.c_str());
  ASSERT_GT(sshd, 1);
  ASSERT_EQ(kill(static_cast<pid_t>(login), SIGSTOP), 0);
  const auto output = shell->run("echo hello", Deadline::in(300ms));
  kill(static_cast<pid_t>(login), SIGCONT);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().kind, ErrorKind::timeout);
}

TEST_F(SshShellTest, a_shell_that_ends_is_an_error_with_its_last_words) {
  const auto output = shell->run("echo farewell >&2; kill -KILL $$; sleep 5", soon());
  ASSERT_FALSE(output);
  EXPECT_NE(told(output.error()).find("farewell"), std::string::npos) << told(output.error());
}

TEST_F(SshShellTest, a_background_process_that_keeps_the_streams_does_not_hold_us_up) {
  const auto start = Clock::now();
  EXPECT_EQ(run("sleep 20 & echo started").out, "started\n");
  EXPECT_LT(seconds_since(start), 5.0);
}

TEST_F(SshShellTest, a_round_trip_is_short) {
  const auto start = Clock::now();
  for (int i = 0; i < 20; ++i) run(":");
  EXPECT_LT(seconds_since(start) / 20, 0.2);
  std::cout << fmt::format("{:.1f} ms\n", seconds_since(start) / 20 * 1000);
}

TEST_F(SshShellTest, sudo_that_is_not_there_or_asks_for_a_password_is_denied_in_words) {
  if (system("command -v sudo >/dev/null && sudo -n true 2>/dev/null") == 0) GTEST_SKIP() << "sudo works here";
  const auto opened = open_ssh_shell(ssh(), Privilege::sudo, soon());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::denied) << told(opened.error());
}

}  // namespace mqtts::ssh
