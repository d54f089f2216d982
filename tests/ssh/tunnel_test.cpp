#include "harness/ssh/tunnel.h"

#include "harness/ssh/shell.h"
#include "tests/remote/ssh_world.h"

namespace mqtts::ssh {

using remote::open_files;

using remote::read_file;
using remote::told;
using remote::write_file;
using test::soon;

using namespace std::chrono_literals;

// The embedded host is both the machine that is jumped from and, from there, the one that is meant.
class TunnelTest : public remote::SshWorld {
 protected:
  void SetUp() override {
    remote::SshWorld::SetUp();
    change_sshd("DisableForwarding yes", "DisableForwarding no");
    ssh().jump = SshJump{ssh().host, ssh().port, ssh().user};
  }
};

std::size_t threads() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

TEST_F(TunnelTest, carries_a_shell_and_much_in_both_directions) {
  std::thread([] {}).join();  // ThreadSanitizer begins a thread of its own with the first
  const auto files = open_files(), before = threads();
  {
    auto shell = open_ssh_shell(ssh(), Privilege::login_user, soon());
    ASSERT_TRUE(shell) << told(shell.error());
    EXPECT_EQ((*shell)->run("echo hello", soon())->out, "hello\n");
    const std::string text(1'500'000, 'x');
    const auto output = (*shell)->run("cat <<'END'\n" + text + "\nEND\n", soon());
    ASSERT_TRUE(output) << told(output.error());
    EXPECT_EQ(output->out.size(), text.size() + 1);
    EXPECT_GT(threads(), before);
  }
  EXPECT_EQ(open_files(), files);
  EXPECT_EQ(threads(), before);
}

TEST_F(TunnelTest, is_checked_as_the_host_is) {
  auto line = read_file(ssh().known_hosts_file);
  write_file(ssh().known_hosts_file, "");
  const auto unknown = Session::connect(ssh(), soon());
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::unknown_host) << told(unknown.error());
  // A fingerprint is the host's: the jump must still be known.
  ssh().host_key = HostKeyPolicy::pinned;
  ssh().fingerprint = *shown_host_key(ssh().host, ssh().port, soon());
  EXPECT_FALSE(Session::connect(ssh(), soon()));
  write_file(ssh().known_hosts_file, line);
  const auto known = Session::connect(ssh(), soon());
  EXPECT_TRUE(known) << told(known.error());
}

TEST_F(TunnelTest, that_a_server_does_not_allow_is_said) {
  change_sshd("DisableForwarding no", "DisableForwarding yes");
  const auto session = Session::connect(ssh(), soon());
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::unreachable);
  EXPECT_NE(told(session.error()).find("opens no way to"), std::string::npos) << told(session.error());
}

TEST_F(TunnelTest, to_a_closed_port_is_unreachable) {
  ssh().port = remote::SilentServer(0).port;
  const auto session = Session::connect(ssh(), soon());
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::unreachable) << told(session.error());
}

TEST_F(TunnelTest, to_a_silent_server_costs_the_deadline_and_no_more) {
  const remote::SilentServer silent(5);
  ssh().port = silent.port;
  const auto start = Clock::now();
  const auto session = Session::connect(ssh(), Deadline::in(3s));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::timeout) << told(session.error());
  EXPECT_LT(seconds_since(start), 5.0);
}

TEST_F(TunnelTest, through_a_server_that_falls_silent_costs_the_deadline_and_no_more) {
  auto shell = open_ssh_shell(ssh(), Privilege::login_user, soon());
  ASSERT_TRUE(shell) << told(shell.error());
  // The jump's server is the one that holds the other end of our login's connection.
  const auto found = (*shell)->run(
      "set -- $SSH_CONNECTION; from=$(printf :%04X $2) to=$(printf :%04X $4)\n"
      // Other connections may have had that port before, and have no inode any more.
      "inode=$(awk -v from=$from -v to=$to 'substr($2, 9) == from && substr($3, 9) == to && $10 { print $10 }' "
      "/proc/net/tcp | head -1)\n"
      "for p in /proc/[0-9]*; do ls -l $p/fd 2>/dev/null | grep -q \"socket:\\[$inode\\]\" && echo ${p#/proc/}; done",
      soon());
  ASSERT_TRUE(found) << told(found.error());
  std::istringstream words(found->out);
  std::vector<pid_t> jumps;
  for (pid_t pid = 0; words >> pid;) jumps.push_back(pid);
  ASSERT_FALSE(jumps.empty());
  for (const auto pid : jumps) kill(pid, SIGSTOP);
  const auto start = Clock::now();
  const auto output = (*shell)->run("echo hello", Deadline::in(500ms));
  shell->reset();  // ends the thread, too
  EXPECT_LT(seconds_since(start), 3.0);
  for (const auto pid : jumps) kill(pid, SIGCONT);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().kind, ErrorKind::timeout) << told(output.error());
}

}  // namespace mqtts::ssh
