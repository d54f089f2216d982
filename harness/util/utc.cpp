#include "harness/util/utc.h"

#include <chrono>
#include <ctime>

#include <fmt/chrono.h>

#include "harness/util/parse_number.h"

namespace mqtts {
namespace {

constexpr std::string_view form = "dddd-dd-ddTdd:dd:ddZ";

bool has_form(std::string_view text) {
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == 'd' ? !is_digit : text[i] != form[i]) return false;
  }
  return true;
}

int number(std::string_view text, std::size_t at, std::size_t digits) {
  return leading_number<int>(text.substr(at, digits));
}

}  // namespace

std::optional<std::int64_t> seconds_of_utc(std::string_view text) {
  using namespace std::chrono;
  if (!has_form(text)) return std::nullopt;
  const auto month_number = static_cast<unsigned>(number(text, 5, 2));
  const auto day_number = static_cast<unsigned>(number(text, 8, 2));
  const year_month_day date{year(number(text, 0, 4)), month(month_number), day(day_number)};
  const int hour = number(text, 11, 2);
  const int minute = number(text, 14, 2);
  const int second = number(text, 17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const auto time = sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
  return time.time_since_epoch() / seconds(1);
}

std::string utc_of_seconds(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::string now_utc() { return utc_of_seconds(std::time(nullptr)); }

std::string span(std::int64_t seconds) {
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 7200) return fmt::format("{} min", seconds / 60);
  return fmt::format("{} h", seconds / 3600);
}

}  // namespace mqtts
