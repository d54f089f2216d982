// Formats numbers for reports, independent of the process's locale.
#pragma once

#include <string>

#include "harness/util/message.h"

namespace mqtts::reports {

// Rounded to milliseconds; 0 for impossible durations (negative, infinite, not a number).
double to_milliseconds(double seconds);

// 0 for infinity and not-a-number: JSON cannot express them, and no plan gives such points.
double finite(double value);

// Exactly `decimals` digits after a decimal point, or after a comma in French.
std::string fixed(double value, int decimals, Lang lang = Lang::en);

// At most three decimals, without trailing zeros: "20", "2.5".
std::string shortest(double value, Lang lang = Lang::en);

}  // namespace mqtts::reports
