#include "harness/util/seeded_random.h"

#include <array>

#include <gtest/gtest.h>

#include "harness/util/digest.h"

namespace mqtts {
namespace {

// RFC 4231 section 4.3, test case 2.
TEST(Seed, is_derived_by_hmac_sha_256) {
  EXPECT_EQ(to_hex(derive("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Seed, draws_as_much_as_is_wanted_and_the_same_each_time) {
  EXPECT_EQ(draw("seed", "label", 100).size(), 100U);
  EXPECT_EQ(draw("seed", "label", 100), draw("seed", "label", 100));
  EXPECT_EQ(draw("seed", "label", 100).substr(0, 10), draw("seed", "label", 10));
  EXPECT_NE(draw("seed", "label", 32), draw("seed", "other", 32));
  EXPECT_NE(draw("seed", "label", 64).substr(0, 32), draw("seed", "label", 64).substr(32));
}

TEST(Seed, draws_numbers_none_of_which_is_favoured) {
  std::array<int, 3> seen{};
  for (int i = 0; i < 3000; ++i) ++seen.at(draw_number("seed", std::to_string(i), seen.size()));
  for (const int count : seen) EXPECT_NEAR(count, 1000, 100);
}

}  // namespace
}  // namespace mqtts
