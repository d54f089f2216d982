#include "harness/util/shuffle.h"

#include <algorithm>
#include <map>
#include <numeric>

#include <gtest/gtest.h>

namespace mqtts {
namespace {

std::vector<int> numbers(int count) {
  std::vector<int> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

TEST(Shuffle, is_the_same_for_one_seed_and_another_for_another) {
  EXPECT_EQ(shuffled(numbers(20), "a", "x"), shuffled(numbers(20), "a", "x"));
  EXPECT_NE(shuffled(numbers(20), "a", "x"), shuffled(numbers(20), "b", "x"));
  EXPECT_NE(shuffled(numbers(20), "a", "x"), shuffled(numbers(20), "a", "y"));
}

TEST(Shuffle, keeps_all_and_leaves_the_order_alone_without_a_seed) {
  auto shuffled_numbers = shuffled(numbers(50), "a", "x");
  std::ranges::sort(shuffled_numbers);
  EXPECT_EQ(shuffled_numbers, numbers(50));
  EXPECT_EQ(shuffled(numbers(50), "", "x"), numbers(50));
  EXPECT_TRUE(shuffled(std::vector<int>{}, "a", "x").empty());
}

TEST(Shuffle, favours_no_order) {
  std::map<std::vector<int>, int> seen;
  for (int i = 0; i < 6000; ++i) ++seen[shuffled(numbers(3), std::to_string(i), "x")];
  ASSERT_EQ(seen.size(), 6U);
  for (const auto& [order, count] : seen) EXPECT_NEAR(count, 1000, 150);
}

}  // namespace
}  // namespace mqtts
