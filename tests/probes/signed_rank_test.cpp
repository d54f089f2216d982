#include "harness/probes/signed_rank.h"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace mqtts::probes {
namespace {

constexpr double z_95 = 1.96;
constexpr double z_used = 3.6;

TEST(shift_of, estimates_as_by_hand) {
  std::vector<double> differences;
  for (int i = 1; i <= 21; ++i) differences.push_back(i);
  const auto shift = shift_of(differences, z_95);
  EXPECT_DOUBLE_EQ(shift.estimate, 11);
  EXPECT_GT(shift.low, 7);
  EXPECT_LT(shift.low, 9);
  EXPECT_DOUBLE_EQ(22 - shift.low, shift.high);
  EXPECT_LT(shift.p_value, 0.0001);
}

// Hollander and Wolfe, depression scale factors, repeated three times so that the normal approximation holds.
TEST(shift_of, knows_no_direction) {
  std::vector<double> differences;
  for (int i = 0; i < 3; ++i)
    for (const double each : {-0.952, 0.147, -1.022, -0.430, -0.620, -0.590, -0.490, 0.080, -0.010})
      differences.push_back(each);
  const auto shift = shift_of(differences, z_95);
  for (auto& each : differences) each = -each;
  const auto mirrored = shift_of(differences, z_95);
  EXPECT_DOUBLE_EQ(shift.estimate, -mirrored.estimate);
  EXPECT_DOUBLE_EQ(shift.low, -mirrored.high);
  EXPECT_DOUBLE_EQ(shift.p_value, mirrored.p_value);
  EXPECT_NEAR(shift.estimate, -0.46, 0.01);
}

TEST(shift_of, says_nothing_of_few_or_equal_ones) {
  EXPECT_TRUE(std::isinf(shift_of(std::vector<double>(fewest_pairs - 1, 1.0), z_used).high));
  EXPECT_DOUBLE_EQ(shift_of({}, z_used).p_value, 1);
  const auto none = shift_of(std::vector<double>(30, 0.0), z_used);
  EXPECT_DOUBLE_EQ(none.p_value, 1);
  EXPECT_DOUBLE_EQ(none.low, 0);
  EXPECT_DOUBLE_EQ(none.high, 0);
}

TEST(shift_of, does_not_mind_outliers) {
  std::vector<double> differences;
  for (int i = 0; i < 60; ++i) differences.push_back(i % 2 == 0 ? 0.01 : -0.01);
  for (int i = 0; i < 6; ++i) differences[static_cast<std::size_t>(i)] = 1'000;
  const auto shift = shift_of(differences, z_used);
  EXPECT_NEAR(shift.estimate, 0, 0.02);
  EXPECT_LT(shift.high, 1);
}

// 1,500 times noise without a shift, with tails as a busy machine has: an interval of 95 % misses 0 about 75 times.
TEST(shift_of, keeps_its_confidence) {
  std::mt19937 random(1);
  std::cauchy_distribution<double> noise(0, 1);
  int missed = 0;
  int missed_surely = 0;
  for (int i = 0; i < 1'500; ++i) {
    std::vector<double> differences;
    for (int k = 0; k < 40; ++k) differences.push_back(noise(random) - noise(random));
    const auto shift = shift_of(differences, z_95);
    missed += shift.low > 0 || shift.high < 0 ? 1 : 0;
    const auto sure = shift_of(differences, z_used);
    missed_surely += sure.low > 0 || sure.high < 0 ? 1 : 0;
  }
  EXPECT_GT(missed, 45);
  EXPECT_LT(missed, 110);
  EXPECT_LE(missed_surely, 3);
}

TEST(shift_of, finds_a_shift) {
  std::mt19937 random(2);
  std::normal_distribution<double> noise(0, 2);
  std::vector<double> differences;
  for (int k = 0; k < 60; ++k) differences.push_back(5 + noise(random));
  const auto shift = shift_of(differences, z_used);
  EXPECT_NEAR(shift.estimate, 5, 1);
  EXPECT_GT(shift.low, 3);
  EXPECT_LT(shift.high, 7);
  EXPECT_LT(shift.p_value, 1e-6);
}

}  // namespace
}  // namespace mqtts::probes
