#include "harness/json/did_you_mean.h"

#include <gtest/gtest.h>

namespace mqtts::json {
namespace {

TEST(suggest, finds_the_word_that_was_meant) {
  const std::vector<std::string> known = {"id", "title", "checks", "configuration", "change"};
  EXPECT_EQ(did_you_mean("chekcs", known), "checks");
  EXPECT_EQ(did_you_mean("configurations", known), "configuration");
  EXPECT_EQ(did_you_mean("Title", known), "title");
  EXPECT_EQ(did_you_mean("chagne", known), "change");
}

TEST(suggest, keeps_quiet_when_nothing_is_near) {
  EXPECT_EQ(did_you_mean("flavour", {"id", "title", "checks"}), "");
  EXPECT_EQ(did_you_mean("xy", {"id", "no"}), "");
  EXPECT_EQ(did_you_mean("", {"id"}), "");
  EXPECT_EQ(did_you_mean(std::string(100000, 'x'), {"id"}), "");
  EXPECT_EQ(did_you_mean("x", {}), "");
}

TEST(edit_distance, are_letters_left_out_added_wrong_or_exchanged) {
  EXPECT_EQ(edit_distance("target", "target"), 0U);
  EXPECT_EQ(edit_distance("taget", "target"), 1U);
  EXPECT_EQ(edit_distance("targets", "target"), 1U);
  EXPECT_EQ(edit_distance("tarket", "target"), 1U);
  EXPECT_EQ(edit_distance("tagret", "target"), 1U);
  EXPECT_EQ(edit_distance("", "due"), 3U);
}

}  // namespace
}  // namespace mqtts::json
