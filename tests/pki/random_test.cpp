#include "harness/pki/random.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

namespace mqtts::pki {
namespace {

TEST(RandomText, is_24_letters_and_digits_and_never_twice_the_same) {
  std::set<std::string> texts;
  for (int i = 0; i < 1000; ++i) {
    const auto text = random_text();
    EXPECT_EQ(text.size(), 24U);
    EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
              std::string::npos);
    EXPECT_TRUE(texts.insert(text).second);
  }
}

TEST(RandomText, favours_no_letter) {
  std::map<char, int> counts;
  constexpr int texts = 20'000;
  for (int i = 0; i < texts; ++i) {
    for (const auto letter : random_text()) ++counts[letter];
  }
  ASSERT_EQ(counts.size(), 62U);
  // 7,742 each, standard deviation 87. Bytes taken modulo 62 would give eight letters 9,375.
  for (const auto& [letter, count] : counts) EXPECT_NEAR(count, texts * 24 / 62, 700) << letter;
}

}  // namespace
}  // namespace mqtts::pki
