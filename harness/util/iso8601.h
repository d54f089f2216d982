// Dates written by people.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mqtts {

struct Moment {
  std::string utc;           // ISO 8601, "2026-12-01T17:00:00Z"
  bool says_offset = false;  // false: no offset given, read as UTC
};

// Parses an ISO 8601 date and time: "2026-12-01T18:00", "2026-12-01 18:00:30+01:00". Drops a fraction of a second.
// Years from 1970 to 9998. Returns none for another form, or if no such moment exists.
std::optional<Moment> parse_moment(std::string_view text);

}  // namespace mqtts
