#include "harness/wire/habits.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace mqtts::wire {
namespace {

constexpr int many = 400;

Habits drawn(int number, bool must_be_named = false) {
  return habits_of({.seed = "seed " + std::to_string(number), .must_be_named = must_be_named}, "probe");
}

TEST(Habits, are_those_of_mosquittos_clients_every_second_time) {
  int like_mosquitto = 0;
  std::set<std::string> ids;
  for (int i = 0; i < many; ++i) {
    const auto habits = drawn(i);
    if (habits.client_id.empty()) {
      ++like_mosquitto;
      EXPECT_EQ(habits.keep_alive, 60);
    } else {
      EXPECT_TRUE(ids.insert(habits.client_id).second) << "two clients with one id throw each other out";
    }
    EXPECT_LE(habits.client_id.size(), 23U);
    EXPECT_GE(habits.keep_alive, 15);
    EXPECT_LE(habits.keep_alive, 60);
  }
  EXPECT_GT(like_mosquitto, many / 3);
  EXPECT_LT(like_mosquitto, many * 2 / 3);
}

TEST(Habits, of_one_who_must_be_named_are_letters_and_digits) {
  for (int i = 0; i < many; ++i) {
    const auto id = drawn(i, true).client_id;
    EXPECT_EQ(id.size(), 20U);
    EXPECT_TRUE(std::ranges::all_of(id, [](unsigned char c) { return std::isalnum(c) != 0; })) << id;
  }
}

TEST(Habits, are_the_same_for_one_seed_and_others_without_one) {
  EXPECT_EQ(drawn(1, true).client_id, drawn(1, true).client_id);
  EXPECT_NE(habits_of({.must_be_named = true}, "probe").client_id,
            habits_of({.must_be_named = true}, "probe").client_id);
}

}  // namespace
}  // namespace mqtts::wire
