// The harness is killed at each point of its talk with the host; one `restore` makes good.
#include <algorithm>

#include "tests/faults/student_host.h"
#include "tests/fixtures/processes.h"

namespace mqtts::faults {

using remote::read_file;

using ::testing::HasSubstr;

// True if none of this process's hosts does anything but be there, with its broker. What a login that has gone was
// doing goes on for a moment, and no restore can know what it still will do.
bool is_at_rest(pid_t process) {
  return std::ranges::all_of(children_of(process), [](pid_t child) {
    const auto name = read_file(fmt::format("/proc/{}/comm", child));
    return (name.starts_with("mosquitto") || name.starts_with("mqtts-embedded")) && is_at_rest(child);
  });
}

class Killed : public StudentHost, public testing::WithParamInterface<int> {};

TEST_P(Killed, at_a_point_it_leaves_a_host_that_one_restore_puts_back) {
  int points = 0, journals = 0;
  for (int at = GetParam() + 1;; at += shares) {
    std::unique_ptr<Program> program;
    std::atomic<pid_t> process = 0;
    // The piece at which it dies still reaches the other side, or does not, in turn.
    Relay relay(ssh().port, at, [&] {
      while (process == 0) continue;
      kill(process, SIGKILL);
      return at / shares % 2 == 0 ? Relay::Then::go_on : Relay::Then::cut;
    });
    program = start_run(target_through(relay));
    process = program->process();
    const auto ended = program->end();
    if (!relay.fault_has_come()) {
      EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
      break;
    }
    ASSERT_EQ(ended.code, 128 + SIGKILL);
    ++points;
    const std::string when = fmt::format("killed at piece {}", at);
    ASSERT_TRUE(comes_true([] { return is_at_rest(getpid()); })) << when;
    const auto restored = restore();
    EXPECT_EQ(restored.code, 0) << when << restored.out << restored.err;
    if (restored.out.find("Put back") != std::string::npos) ++journals;
    expect_as_before(when);
    const auto again = restore();
    EXPECT_EQ(again.code, 0) << when;
    EXPECT_THAT(again.out, HasSubstr("Nothing is to be put back")) << when;
    if (HasFailure()) return;
  }
  RecordProperty("points", points);
  std::cout << points << " points, " << journals << " of them with a journal left\n";
  EXPECT_GE(points * shares, 50) << "or the fault never came";
  EXPECT_GT(journals, 0);
}

INSTANTIATE_TEST_SUITE_P(Everywhere, Killed, testing::Range(0, shares));

}  // namespace mqtts::faults
