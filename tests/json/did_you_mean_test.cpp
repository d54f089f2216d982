#include "harness/json/did_you_mean.h"

#include <gtest/gtest.h>

namespace mqtts::json {
namespace {

TEST(suggest, finds_the_word_that_was_meant) {
  const std::vector<std::string> known = {"id", "title", "checks", "configuration", "change"};
  EXPECT_EQ(nearest("chekcs", known), "checks");
  EXPECT_EQ(nearest("configurations", known), "configuration");
  EXPECT_EQ(nearest("Title", known), "title");
  EXPECT_EQ(nearest("chagne", known), "change");
}

TEST(suggest, keeps_quiet_when_nothing_is_near) {
  EXPECT_EQ(nearest("flavour", {"id", "title", "checks"}), "");
  EXPECT_EQ(nearest("xy", {"id", "no"}), "");
  EXPECT_EQ(nearest("", {"id"}), "");
  EXPECT_EQ(nearest(std::string(100000, 'x'), {"id"}), "");
  EXPECT_EQ(nearest("x", {}), "");
}

TEST(slips, are_letters_left_out_added_wrong_or_exchanged) {
  EXPECT_EQ(slips("target", "target"), 0U);
  EXPECT_EQ(slips("taget", "target"), 1U);
  EXPECT_EQ(slips("targets", "target"), 1U);
  EXPECT_EQ(slips("tarket", "target"), 1U);
  EXPECT_EQ(slips("tagret", "target"), 1U);
  EXPECT_EQ(slips("", "due"), 3U);
}

}  // namespace
}  // namespace mqtts::json
