#include "reports/distribution.h"

#include <limits>

#include <gtest/gtest.h>

namespace mqtts::reports {
namespace {

TEST(Distribution, of_no_marks_is_all_zero) { EXPECT_EQ(distribution_of({}), Distribution{}); }

TEST(Distribution, of_one_mark_is_that_mark) { EXPECT_EQ(distribution_of({7}), (Distribution{1, 7, 7, 7, 7})); }

TEST(Distribution, has_quartiles_as_spreadsheets_have_them) {
  EXPECT_EQ(distribution_of({4, 1, 3, 2}), (Distribution{4, 2.5, 1.75, 2.5, 3.25}));
  EXPECT_EQ(distribution_of({20, 0, 10, 5, 15}), (Distribution{5, 10, 5, 10, 15}));
}

TEST(Distribution, takes_what_is_no_number_for_0) {
  const double infinite = std::numeric_limits<double>::infinity();
  EXPECT_EQ(distribution_of({infinite, 4, std::numeric_limits<double>::quiet_NaN(), 0}), (Distribution{4, 1, 0, 0, 1}));
}

TEST(Histogram, has_a_bin_for_each_point_if_these_are_few_else_ten) {
  EXPECT_EQ(histogram_of({}, 4).size(), 4U);
  EXPECT_EQ(histogram_of({}, 20).size(), 10U);
  EXPECT_EQ(histogram_of({}, 5.5).size(), 10U);
  EXPECT_TRUE(histogram_of({1}, 0).empty());
  EXPECT_TRUE(histogram_of({1}, -1).empty());
  EXPECT_TRUE(histogram_of({1}, std::numeric_limits<double>::infinity()).empty());
}

TEST(Histogram, counts_every_mark_once) {
  EXPECT_EQ(histogram_of({0, 0.9, 1, 2, 2.5, -1, std::numeric_limits<double>::quiet_NaN()}, 2),
            (std::vector<Bin>{{0, 1, 4}, {1, 2, 3}}));
}

}  // namespace
}  // namespace mqtts::reports
