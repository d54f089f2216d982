// Chooses the output style by the options and the terminal.
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

// Properties of the output that decide its style.
struct Surroundings {
  bool terminal = false;
  int columns = 0;                                           // 0: unknown
  std::function<std::string(const char* name)> environment;  // "" for an unset variable
};

// For a file descriptor of this process.
Surroundings surroundings_of(int descriptor);

// Colour: --color, then NO_COLOR, then a terminal that is not dumb. Status line: --progress, then a terminal that is
// not dumb outside CI. Unicode symbols: the first of LC_ALL, LC_CTYPE, LANG that is set names UTF-8. Pure.
reports::Style choose_style(When color, When progress, const Surroundings& place);

}  // namespace mqtts::cli
