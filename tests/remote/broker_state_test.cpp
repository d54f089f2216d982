#include "harness/remote/broker_state.h"

#include <gtest/gtest.h>

namespace mqtts::remote {
namespace {

std::string answer(const std::string& rest) { return "configuration c0\nfiles f1\nmaterial m2\n" + rest; }

TEST(BrokerState, is_read) {
  const auto state = parse_broker_state(answer("broker 47:1234\nstarted 1000\nnewest 900\nend\n"));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->configuration, "c0");
  EXPECT_EQ(state->files, "f1");
  EXPECT_EQ(state->material, "m2");
  EXPECT_EQ(state->process, "47:1234");
  EXPECT_FALSE(state->newer_than_broker);
}

TEST(BrokerState, knows_a_file_that_is_newer_than_the_broker) {
  const auto is_newer = [](const std::string& rest) { return parse_broker_state(answer(rest))->newer_than_broker; };
  EXPECT_TRUE(is_newer("broker 47:1234\nstarted 1000\nnewest 1002\nend\n"));
  EXPECT_FALSE(is_newer("broker 47:1234\nstarted 1000\nnewest 1001\nend\n")) << "whole seconds are rounded";
  EXPECT_FALSE(is_newer("broker none\nnewest 1002\nend\n")) << "there is none to be restarted";
}

TEST(BrokerState, is_another_when_anything_but_the_clock_is) {
  const BrokerState one{"c", "f", "m", "1"};
  auto later = one;
  later.newer_than_broker = true;
  EXPECT_EQ(one, later);
  EXPECT_NE(one, (BrokerState{"x", "f", "m", "1"}));
  EXPECT_NE(one, (BrokerState{"c", "x", "m", "1"}));
  EXPECT_NE(one, (BrokerState{"c", "f", "x", "1"}));
  EXPECT_NE(one, (BrokerState{"c", "f", "m", "2"}));
}

TEST(BrokerState, is_not_made_of_half_an_answer) {
  for (const std::string output : {"", "end\n", "sh: sha256sum: not found\nend\n", "configuration c\nfiles f\nend\n"}) {
    const auto state = parse_broker_state(output);
    ASSERT_FALSE(state) << output;
    EXPECT_EQ(state.error().kind, ErrorKind::remote);
  }
  EXPECT_FALSE(parse_broker_state(answer("broker 47:1234\n")));
}

}  // namespace
}  // namespace mqtts::remote
