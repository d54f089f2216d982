#include "harness/util/mqtt_topic.h"

#include <gtest/gtest.h>

namespace mqtts {
namespace {

TEST(TopicFilter, matches_as_the_standard_says) {
  struct MatchRow {
    const char* filter;
    const char* name;
    bool matches;
  };
  const MatchRow match_rows[] = {
      {"a/b", "a/b", true},   {"a/b", "a/c", false},    {"a/+", "a/b", true},       {"a/+", "a/b/c", false},
      {"a/+", "a/", true},    {"a/#", "a", true},       {"a/#", "a/b/c", true},     {"#", "a/b", true},
      {"+", "a", true},       {"+", "a/b", false},      {"+/+", "/a", true},        {"/+", "/a", true},
      {"#", "$SYS/a", false}, {"+/a", "$SYS/a", false}, {"$SYS/#", "$SYS/a", true}, {"open/#", "secret/a", false},
      {"a", "a/b", false},    {"a/b", "a", false},
  };
  for (const auto& row : match_rows)
    EXPECT_EQ(filter_matches(row.filter, row.name), row.matches) << row.filter << " " << row.name;
}

TEST(TopicFilter, has_wildcards_where_they_may_stand) {
  for (const auto* good : {"#", "+", "a/+/b", "a/#", "/", "a//b"}) EXPECT_TRUE(is_topic_filter(good)) << good;
  for (const auto* bad : {"", "a#", "#/a", "a/b+", "a#b/+x"}) EXPECT_FALSE(is_topic_filter(bad)) << bad;
}

TEST(TopicName, has_no_wildcards) {
  EXPECT_TRUE(is_topic_name("a/b"));
  for (const auto* bad : {"", "a/+", "#"}) EXPECT_FALSE(is_topic_name(bad)) << bad;
}

}  // namespace
}  // namespace mqtts
