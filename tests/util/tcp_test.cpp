#include "harness/util/tcp.h"

#include <cerrno>
#include <csignal>

#include <gtest/gtest.h>

#include "harness/util/loopback_port.h"

namespace mqtts {
namespace {

Deadline soon() { return Deadline::in(std::chrono::seconds(10)); }

TEST(numeric_address, is_one_in_numbers) {
  EXPECT_EQ(to_text(numeric_address("127.0.0.1", 1883).value()), "127.0.0.1");
  EXPECT_EQ(to_text(numeric_address("::1", 1883).value()), "::1");
  EXPECT_FALSE(numeric_address("localhost", 1883));
  EXPECT_FALSE(numeric_address("", 1883));
}

TEST(resolve, gives_at_least_one_address) {
  const auto found = resolve("localhost", 1883, Families::all, soon());
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->empty());
}

TEST(resolve, fails_for_a_name_that_is_none) {
  EXPECT_EQ(resolve("no name at all", 1, Families::all, soon()).error().kind, ErrorKind::unreachable);
}

TEST(resolve, does_not_ask_for_a_number_whatever_the_time) {
  EXPECT_TRUE(resolve("192.0.2.1", 1, Families::of_this_machine, Deadline::in(std::chrono::seconds(0))));
}

TEST(open_tcp, tells_errno) {
  const auto reserved = reserve_on_loopback().value();
  const auto closed = numeric_address("127.0.0.1", reserved.number()).value();
  EXPECT_EQ(open_tcp(closed, soon()).error, ECONNREFUSED);
}

TEST(out_of_time, tells_a_stop_from_a_deadline) {
  const StopFlag stop{SIGINT};
  EXPECT_EQ(out_of_time(Deadline::in(std::chrono::minutes(1), &stop), msg("late")).value().kind,
            ErrorKind::interrupted);
  EXPECT_EQ(out_of_time(soon(), msg("late")).value().kind, ErrorKind::timeout);
}

}  // namespace
}  // namespace mqtts
