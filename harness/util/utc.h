// Points in time as files store them: ISO 8601, UTC, to the second, "2026-11-22T15:17:23Z".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mqtts {

// Returns seconds since 1970-01-01T00:00:00Z; none if `text` is not of exactly that form or no such time exists.
std::optional<std::int64_t> seconds_of_utc(std::string_view text);

// The inverse, for the years 0 to 9999.
std::string utc_of_seconds(std::int64_t seconds);

std::string now_utc();

// Formats a duration for people: "90 s", "90 min", "26 h".
std::string span(std::int64_t seconds);

}  // namespace mqtts
