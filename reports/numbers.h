// Numbers as reports write them, whatever the locale of the process.
#pragma once

#include <string>

#include "harness/util/message.h"

namespace mqtts::reports {

// Rounded to milliseconds; 0 for what no clock can have measured (negative, infinite, not a number).
double to_milliseconds(double seconds);

// 0 for infinity and what is not a number: JSON has no word for them, and no plan gives such points.
double finite(double value);

// Exactly `decimals` digits after a dot, or after a comma in French.
std::string fixed(double value, int decimals, Lang lang = Lang::en);

// At most three digits after the dot, none that is not needed: "20", "2.5".
std::string shortest(double value, Lang lang = Lang::en);

}  // namespace mqtts::reports
