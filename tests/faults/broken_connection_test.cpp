// The connection to the host breaks, or falls silent, at each point of a run: the run itself puts the host back.
#include <csignal>

#include "tests/faults/student_host.h"
#include "tests/fixtures/processes.h"

namespace mqtts::faults {

using ::testing::AnyOf;
using ::testing::HasSubstr;

// SSH servers' processes for one connection each, of hosts that this test has started.
std::vector<pid_t> ssh_servers(pid_t below = getpid()) {
  std::vector<pid_t> found;
  for (const pid_t child : children_of(below)) {
    std::ifstream file(fmt::format("/proc/{}/comm", child));
    std::string name;
    std::getline(file, name);
    if (name.starts_with("sshd")) found.push_back(child);
    const auto deeper = ssh_servers(child);
    found.insert(found.end(), deeper.begin(), deeper.end());
  }
  return found;
}

class BrokenConnection : public StudentHost, public testing::WithParamInterface<int> {};

TEST_P(BrokenConnection, at_a_point_is_made_good_by_the_run_itself) {
  int points = 0;
  for (int at = GetParam() + 1;; at += shares) {
    // By the network, or by an SSH server that dies under a command, in turn.
    Relay relay(ssh().port, at, [&] {
      if (at / shares % 2 == 0) return Relay::Then::cut;
      for (const pid_t server : ssh_servers()) kill(server, SIGKILL);
      return Relay::Then::go_on;
    });
    const auto ended = run(target_through(relay));
    if (!relay.fault_has_come()) {
      EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
      break;
    }
    ++points;
    const std::string when = fmt::format("broken at piece {}: {}{}", at, ended.out, ended.err);
    // 0: the break cost no more than a line of the log. 3: something was not judged. Nothing failed.
    EXPECT_THAT(ended.code, AnyOf(0, 3)) << when;
    expect_as_before(when);
    if (HasFailure()) return;
  }
  std::cout << points << " points\n";
  EXPECT_GE(points * shares, 50) << "or the fault never came";
}

INSTANTIATE_TEST_SUITE_P(Everywhere, BrokenConnection, testing::Range(0, shares));

class Silent : public StudentHost, public testing::WithParamInterface<int> {};

TEST_P(Silent, server_costs_its_deadline_and_no_more_and_is_put_back_later) {
  Relay relay(ssh().port, GetParam(), [] { return Relay::Then::silence; });
  const auto start = Clock::now();
  const auto ended = run(target_through(relay), {"--deadline", "3"});
  EXPECT_TRUE(relay.fault_has_come());
  // 3 s, and where the host was taken, the 30 s that putting it back may take.
  EXPECT_LT(seconds_since(start), 3 + 30 + 5) << ended.out << ended.err;
  EXPECT_THAT(ended.code, AnyOf(3, 4)) << ended.out << ended.err;
  if (ended.code == 4) {
    EXPECT_THAT(ended.out + ended.err, HasSubstr("cp -a")) << "the commands to do it by hand";
  }
  EXPECT_EQ(restore({"--take-over"}).code, 0);
  expect_as_before("after a silence");
}

INSTANTIATE_TEST_SUITE_P(Points, Silent, testing::Values(1, 10, 40));

}  // namespace mqtts::faults
