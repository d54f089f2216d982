// Which style fits the place that we write to, and what the user asked for.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "reports/style.h"

namespace mqtts::cli {

// --color, --progress: "auto", "always", "never"
enum class When {
  automatic,
  always,
  never,
};

std::optional<When> when_from(std::string_view word);

// What there is to know of the place.
struct Surroundings {
  bool terminal = false;
  int columns = 0;                                           // 0: unknown
  std::function<std::string(const char* name)> environment;  // empty for a variable that is not set
};

// Of this process, for the file descriptor.
Surroundings surroundings_of(int descriptor);

// Colour: --color, then NO_COLOR, then a terminal that is not dumb. Status line: --progress, then a terminal
// that is not dumb outside CI. Signs: LC_ALL, LC_CTYPE, LANG, the first that is set, naming UTF-8. Pure.
reports::Style choose_style(When color, When progress, const Surroundings& place);

}  // namespace mqtts::cli
