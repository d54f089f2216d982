// Dates as people write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mqtts {

struct Moment {
  std::string utc;           // ISO 8601, "2026-12-01T17:00:00Z"
  bool says_offset = false;  // else it was taken for UTC
};

// A date and a time of day by ISO 8601: "2026-12-01T18:00", "2026-12-01 18:00:30+01:00"; a fraction of a second is
// dropped. Years from 1970 to 9998. None if it is not of that form, or no such moment is.
std::optional<Moment> parse_moment(std::string_view text);

}  // namespace mqtts
