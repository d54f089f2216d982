#include "harness/util/iso8601.h"

#include <algorithm>
#include <chrono>

namespace mqtts {
namespace {

using namespace std::chrono;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Consumes what it reads.
class MomentReader {
 public:
  explicit MomentReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool next_is_digit() const { return !rest_.empty() && is_digit(rest_.front()); }

  bool take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Reads a number of exactly `digits` digits, at most `most`.
  std::optional<int> number(std::size_t digits, int most) {
    const auto text = rest_.substr(0, digits);
    if (text.size() != digits || !std::ranges::all_of(text, is_digit)) return std::nullopt;
    int value = 0;
    for (const char c : text) value = value * 10 + (c - '0');
    rest_.remove_prefix(digits);
    return value <= most ? std::optional(value) : std::nullopt;
  }

  void skip_digits() { rest_.remove_prefix(std::min(rest_.find_first_not_of("0123456789"), rest_.size())); }

 private:
  std::string_view rest_;
};

std::optional<sys_days> read_day(MomentReader& reader) {
  constexpr int first_year = 1970;
  constexpr int last_year = 9998;
  const auto year_number = reader.number(4, last_year);
  if (!year_number || *year_number < first_year || !reader.take("-")) return std::nullopt;
  const auto month_number = reader.number(2, 12);
  if (!month_number || !reader.take("-")) return std::nullopt;
  const auto day_number = reader.number(2, 31);
  if (!day_number) return std::nullopt;
  const year_month_day date(year(*year_number), month(static_cast<unsigned>(*month_number)),
                            day(static_cast<unsigned>(*day_number)));
  return date.ok() ? std::optional(sys_days(date)) : std::nullopt;
}

std::optional<seconds> read_time_of_day(MomentReader& reader) {
  const auto hour_number = reader.number(2, 23);
  if (!hour_number || !reader.take(":")) return std::nullopt;
  const auto minute_number = reader.number(2, 59);
  if (!minute_number) return std::nullopt;
  const auto whole_minutes = hours(*hour_number) + minutes(*minute_number);
  if (!reader.take(":")) return whole_minutes;
  const auto second_number = reader.number(2, 59);
  if (!second_number) return std::nullopt;
  if (reader.take(".,")) {
    if (!reader.next_is_digit()) return std::nullopt;
    reader.skip_digits();
  }
  return whole_minutes + seconds(*second_number);
}

// Lead of local time over UTC: "Z", "+01:00", "+0100" or "+01".
std::optional<minutes> read_offset(MomentReader& reader) {
  constexpr int farthest = 14;  // hours: Line Islands
  if (reader.take("Zz")) return minutes(0);
  const bool is_behind = reader.take("-");
  if (!is_behind && !reader.take("+")) return std::nullopt;
  const auto hour_number = reader.number(2, farthest);
  if (!hour_number) return std::nullopt;
  const bool has_colon = reader.take(":");
  const auto minute_number = has_colon || !reader.at_end() ? reader.number(2, 59) : std::optional(0);
  if (!minute_number) return std::nullopt;
  const auto offset = hours(*hour_number) + minutes(*minute_number);
  return is_behind ? -offset : offset;
}

std::string padded(int value, std::size_t digits) {
  const auto text = std::to_string(value);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

std::string in_utc(sys_seconds moment) {
  const auto day_begins = floor<days>(moment);
  const year_month_day date(day_begins);
  const hh_mm_ss time(moment - day_begins);
  return padded(int(date.year()), 4) + "-" + padded(static_cast<int>(unsigned(date.month())), 2) + "-" +
         padded(static_cast<int>(unsigned(date.day())), 2) + "T" + padded(static_cast<int>(time.hours().count()), 2) +
         ":" + padded(static_cast<int>(time.minutes().count()), 2) + ":" +
         padded(static_cast<int>(time.seconds().count()), 2) + "Z";
}

}  // namespace

std::optional<Moment> parse_moment(std::string_view text) {
  MomentReader reader(text);
  const auto date = read_day(reader);
  if (!date || !reader.take("Tt ")) return std::nullopt;
  const auto time = read_time_of_day(reader);
  if (!time) return std::nullopt;
  if (reader.at_end()) return Moment{in_utc(*date + *time), false};
  const auto offset = read_offset(reader);
  if (!offset || !reader.at_end()) return std::nullopt;
  return Moment{in_utc(*date + *time - *offset), true};
}

}  // namespace mqtts
