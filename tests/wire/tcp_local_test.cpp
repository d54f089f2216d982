#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/wire/tcp.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/must.h"

namespace mqtts::wire {
namespace {

using test::soon;
using ::testing::ElementsAre;

TEST(connect_tcp, connects) {
  const test::HostileBroker broker(test::hostile::says_nothing());
  const auto tcp = connect_tcp("127.0.0.1", broker.port(), soon());
  EXPECT_EQ(tcp->outcome, TcpOutcome::connected);
}

TEST(connect_tcp, is_refused_by_a_closed_port) {
  const auto tcp = connect_tcp("127.0.0.1", test::closed_port(), soon());
  EXPECT_EQ(tcp->outcome, TcpOutcome::refused);
  EXPECT_EQ(tcp->reason, "connection_refused");
}

TEST(connect_tcp, takes_numbers_only) {
  EXPECT_EQ(connect_tcp("localhost", 1883, soon()).error().kind, ErrorKind::local);
}

TEST(addresses_of, gives_numbers_for_a_name) {
  EXPECT_THAT(*addresses_of("127.0.0.1", soon()), ElementsAre("127.0.0.1"));
  EXPECT_THAT(*addresses_of("::1", soon()), ElementsAre("::1"));
  EXPECT_EQ(addresses_of("localhost", soon())->front(), "127.0.0.1");
}

TEST(addresses_of, fails_for_a_name_that_is_none) {
  EXPECT_EQ(addresses_of("no name at all", soon()).error().kind, ErrorKind::unreachable);
}

TEST(open_first, puts_the_address_first_where_somebody_accepts) {
  const test::HostileBroker broker(test::hostile::says_nothing());
  const auto deadline = Deadline::in(std::chrono::seconds(5));
  const std::vector<std::string> both = {"::1", "127.0.0.1"};
  const std::vector<std::string> turned = {"127.0.0.1", "::1"};
  EXPECT_EQ(open_first(both, {test::closed_port(), broker.port()}, deadline), turned);
  EXPECT_EQ(open_first(turned, {broker.port()}, deadline), turned);
  EXPECT_EQ(open_first(both, {test::closed_port()}, deadline), both);
}

TEST(read_some, ends_at_the_deadline) {
  const test::HostileBroker broker(test::hostile::says_nothing());
  const auto tcp = connect_tcp("127.0.0.1", broker.port(), soon());
  std::array<unsigned char, 8> buffer{};
  const auto start = Clock::now();
  EXPECT_EQ(read_some(tcp->socket, buffer, Deadline::in(std::chrono::milliseconds(100))).outcome, IoOutcome::timed_out);
  EXPECT_LT(seconds_since(start), 1.0);
}

TEST(read_some, tells_a_close_from_a_reset) {
  std::array<unsigned char, 8> buffer{};
  const test::HostileBroker closing(test::hostile::closes_at_once());
  EXPECT_EQ(read_some(connect_tcp("127.0.0.1", closing.port(), soon())->socket, buffer, soon()).outcome,
            IoOutcome::ended);
  const test::HostileBroker resetting(test::hostile::resets_after_reading());
  const auto tcp = connect_tcp("127.0.0.1", resetting.port(), soon());
  ASSERT_EQ(write_all(tcp->socket, buffer, soon()).outcome, IoOutcome::done);
  const auto io = read_some(tcp->socket, buffer, soon());
  EXPECT_EQ(io.outcome, IoOutcome::broken);
  EXPECT_EQ(io.reason, "Connection reset by peer");
}

}  // namespace
}  // namespace mqtts::wire
