#include "harness/grading/shard.h"

#include <gtest/gtest.h>

namespace mqtts::grading {
namespace {

TEST(Shard, parts_have_each_row_once) {
  for (std::size_t row = 0; row < 100; ++row) {
    int times = 0;
    for (const auto* text : {"1/3", "2/3", "3/3"}) times += shard_from(text)->has(row) ? 1 : 0;
    EXPECT_EQ(times, 1) << row;
  }
}

TEST(Shard, without_one_is_all) { EXPECT_TRUE(shard_from("")->has(41)); }

TEST(Shard, is_one_of_its_parts) {
  for (const auto* text : {"0/3", "4/3", "1/0", "1", "1/", "/3", "a/b", "-1/3", "1/3x", "1/2/3"})
    EXPECT_FALSE(shard_from(text)) << text;
}

}  // namespace
}  // namespace mqtts::grading
