#include "harness/cli/watch/host_watch.h"

#include <atomic>

#include <gtest/gtest.h>

#include "tests/support/must.h"

namespace mqtts::cli::watch {
namespace {

using namespace std::chrono_literals;
using test::soon;

remote::BrokerState state(const std::string& configuration, const std::string& process = "1") {
  return {.configuration = configuration, .files = "f", .material = "m", .process = process};
}

TEST(Quiet, tells_nothing_of_a_broker_that_stays_as_it_is) {
  Quiet quiet;
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(quiet.saw(state("a")));
}

TEST(Quiet, waits_until_nobody_is_at_work_any_more) {
  Quiet quiet;
  quiet.saw(state("a"));
  EXPECT_FALSE(quiet.saw(state("b")));
  EXPECT_FALSE(quiet.saw(state("b", "2"))) << "saved, and restarted";
  const auto change = quiet.saw(state("b", "2"));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->before, state("a"));
  EXPECT_EQ(change->after, state("b", "2"));
  EXPECT_FALSE(quiet.saw(state("b", "2"))) << "each change is told once";
}

TEST(Quiet, forgets_what_was_undone) {
  Quiet quiet;
  quiet.saw(state("a"));
  EXPECT_FALSE(quiet.saw(state("b")));
  EXPECT_FALSE(quiet.saw(state("a")));
  EXPECT_FALSE(quiet.saw(state("a")));
}

TEST(Mailbox, gives_changes_that_nobody_has_taken_as_one) {
  Mailbox mailbox;
  mailbox.put_change({state("a"), state("b")});
  mailbox.put_change({state("b"), state("c")});
  mailbox.put_again();
  const auto news = mailbox.take(soon());
  EXPECT_TRUE(news.asked_again);
  ASSERT_TRUE(news.change);
  EXPECT_EQ(news.change->before, state("a"));
  EXPECT_EQ(news.change->after, state("c"));
  EXPECT_FALSE(mailbox.take(Deadline::in(0s)).any());
}

TEST(Mailbox, wakes_soon_after_a_signal) {
  const StopFlag stop{2};
  Mailbox mailbox;
  EXPECT_FALSE(mailbox.take({Clock::time_point::max(), &stop}).any());
}

TEST(HostWatch, tells_a_broken_connection_once_and_what_has_changed_meanwhile) {
  const StopFlag stop{0};
  Mailbox mailbox;
  std::atomic<int> looks = 0;
  const auto look = [&](const Deadline&) -> Result<remote::BrokerState> {
    const int now = looks++;
    if (now > 0 && now < 4) return failure(ErrorKind::unreachable, msg("gone"));
    return state(now == 0 ? "a" : "b");
  };
  const HostWatch watch(look, mailbox, stop, 1ms);
  int connections = 0;
  bool was_broken = false;
  std::optional<Change> change;
  for (const auto deadline = soon(); !change && !deadline.passed();) {
    const auto news = mailbox.take(deadline);
    if (news.connection) ++connections;
    was_broken = was_broken || mailbox.broken();
    change = news.change;
  }
  ASSERT_TRUE(change);
  EXPECT_EQ(change->before, state("a"));
  EXPECT_LE(connections, 3) << "there, broken, there again";
  EXPECT_FALSE(mailbox.broken());
}

TEST(HostWatch, tells_a_host_that_never_answers_once) {
  const StopFlag stop{0};
  Mailbox mailbox;
  std::atomic<int> looks = 0;
  const HostWatch watch(
      [&](const Deadline&) -> Result<remote::BrokerState> {
        ++looks;
        return failure(ErrorKind::unreachable, msg("gone"));
      },
      mailbox, stop, 1ms);
  EXPECT_TRUE(mailbox.take(soon()).connection);
  const auto deadline = soon();
  while (looks < 5 && !deadline.passed()) continue;
  EXPECT_FALSE(mailbox.take(Deadline::in(0s)).connection);
  EXPECT_TRUE(mailbox.broken());
}

TEST(HostWatch, ends_when_it_is_told_to) {
  StopFlag stop{0};
  Mailbox mailbox;
  {
    const HostWatch watch([&](const Deadline&) -> Result<remote::BrokerState> { return state("a"); }, mailbox, stop,
                          1h);
    mailbox.take(soon());
  }
  SUCCEED() << "it did not wait for the hour to pass";
}

}  // namespace
}  // namespace mqtts::cli::watch
