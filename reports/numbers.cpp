#include "reports/numbers.h"

#include <cmath>

#include <fmt/format.h>

namespace mqtts::reports {

double finite(double value) { return std::isfinite(value) ? value : 0; }

double to_milliseconds(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return 0;
  const double rounded = std::round(seconds * 1000) / 1000;
  return std::isfinite(rounded) ? rounded : seconds;
}

std::string fixed(double value, int decimals, Lang lang) {
  auto text = fmt::format("{:.{}f}", value, decimals);
  if (const auto dot = text.find('.'); lang == Lang::fr && dot != std::string::npos) text[dot] = ',';
  return text;
}

std::string shortest(double value, Lang lang) {
  auto text = fixed(value, 3, lang);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.') || text.ends_with(',')) text.pop_back();
  return text;
}

}  // namespace mqtts::reports
