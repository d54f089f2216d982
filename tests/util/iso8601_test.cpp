#include "harness/util/iso8601.h"

#include <gtest/gtest.h>

namespace mqtts {
namespace {

std::string utc_of(std::string_view text) {
  const auto moment = parse_moment(text);
  return moment ? moment->utc + (moment->says_offset ? "" : " ?") : "none";
}

TEST(moment, is_told_in_utc) {
  EXPECT_EQ(utc_of("2026-12-01T17:00:00Z"), "2026-12-01T17:00:00Z");
  EXPECT_EQ(utc_of("2026-12-01T18:00:30+01:00"), "2026-12-01T17:00:30Z");
  EXPECT_EQ(utc_of("2026-12-01T18:00-0530"), "2026-12-01T23:30:00Z");
  EXPECT_EQ(utc_of("2026-12-01t18:00+01"), "2026-12-01T17:00:00Z");
  EXPECT_EQ(utc_of("2026-12-01 18:00:30.123456z"), "2026-12-01T18:00:30Z");
  EXPECT_EQ(utc_of("2026-12-01T18:00:30,5Z"), "2026-12-01T18:00:30Z");
}

TEST(moment, goes_over_into_other_days_and_years) {
  EXPECT_EQ(utc_of("2027-01-01T00:30+01:00"), "2026-12-31T23:30:00Z");
  EXPECT_EQ(utc_of("2026-12-31T23:30-14:00"), "2027-01-01T13:30:00Z");
  EXPECT_EQ(utc_of("2028-02-29T12:00Z"), "2028-02-29T12:00:00Z");
  EXPECT_EQ(utc_of("1970-01-01T00:00+14:00"), "1969-12-31T10:00:00Z");
  EXPECT_EQ(utc_of("9998-12-31T23:59:59-14:00"), "9999-01-01T13:59:59Z");
}

TEST(moment, without_its_offset_is_taken_for_utc_and_says_so) {
  EXPECT_EQ(utc_of("2026-12-01T18:00"), "2026-12-01T18:00:00Z ?");
  EXPECT_EQ(utc_of("2026-12-01 18:00:07"), "2026-12-01T18:00:07Z ?");
}

TEST(moment, of_another_form_is_none) {
  for (const auto* text : {"",
                           "2026-12-01",
                           "01/12/2026 18:00",
                           "2026-12-01T",
                           "2026-12-01T18",
                           "2026-12-01T18:0",
                           "2026-12-01T24:00",
                           "2026-12-01T18:60",
                           "2026-12-01T18:00:60Z",
                           "2026-12-01T18:00:00.Z",
                           "2026-02-29T12:00Z",
                           "2026-13-01T12:00Z",
                           "2026-00-01T12:00Z",
                           "2026-12-00T12:00Z",
                           "1969-12-31T12:00Z",
                           "9999-01-01T12:00Z",
                           "2026-12-01T18:00+1",
                           "2026-12-01T18:00+15:00",
                           "2026-12-01T18:00+01:60",
                           "2026-12-01T18:00+01:",
                           "2026-12-01T18:00 Z",
                           "2026-12-01T18:00ZZ",
                           "2026-12-01T18:00 Europe/Paris",
                           "+026-12-01T18:00Z",
                           " 2026-12-01T18:00Z"})
    EXPECT_EQ(utc_of(text), "none") << text;
}

}  // namespace
}  // namespace mqtts
