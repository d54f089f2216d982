#include "harness/util/utc.h"

#include <gtest/gtest.h>

namespace mqtts {
namespace {

TEST(Utc, there_and_back) {
  for (const auto* text :
       {"1970-01-01T00:00:00Z", "2026-11-22T15:17:23Z", "2028-02-29T23:59:59Z", "1969-12-31T23:59:59Z"}) {
    ASSERT_TRUE(seconds_of_utc(text)) << text;
    EXPECT_EQ(utc_of_seconds(*seconds_of_utc(text)), text);
  }
  EXPECT_EQ(seconds_of_utc("1970-01-02T00:00:01Z"), 86401);
}

TEST(Utc, is_nothing_else) {
  for (const auto* text : {"", "2026-11-22", "2026-11-22T15:17:23", "2026-11-22T15:17:23+01:00", "2026-13-22T15:17:23Z",
                           "2027-02-29T15:17:23Z", "2026-11-22T24:00:00Z", "2026-11-22T15:60:23Z",
                           "2026-11-22 15:17:23Z", "-026-11-22T15:17:23Z", "2026-11-22T15:17:60Z"})
    EXPECT_FALSE(seconds_of_utc(text)) << text;
}

}  // namespace
}  // namespace mqtts
