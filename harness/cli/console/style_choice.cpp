#include "harness/cli/console/style_choice.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "harness/util/ascii.h"

namespace mqtts::cli {
namespace {

constexpr int narrowest = 40;
constexpr int widest = 100;  // longer lines are hard to read

bool is_set(const Surroundings& place, const char* name) { return !place.environment(name).empty(); }

bool names_utf8(const Surroundings& place) {
  for (const auto* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = lower_case(place.environment(name));
    if (value.empty()) continue;
    return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

bool decide(When when, bool fitting) { return when == When::always || (when == When::automatic && fitting); }

int columns_of(int descriptor) {
  winsize size{};
  return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

std::optional<When> when_from(std::string_view word) {
  if (word == "auto") return When::automatic;
  if (word == "always") return When::always;
  if (word == "never") return When::never;
  return std::nullopt;
}

Surroundings surroundings_of(int descriptor) {
  return {
      .terminal = ::isatty(descriptor) == 1, .columns = columns_of(descriptor), .environment = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value == nullptr ? "" : value);
      }};
}

reports::Style choose_style(When color, When progress, const Surroundings& place) {
  const bool able = place.terminal && place.environment("TERM") != "dumb";
  const int columns = place.terminal && place.columns > 0 ? place.columns : widest;
  return {.color = decide(color, able && !is_set(place, "NO_COLOR")),
          .unicode = names_utf8(place),
          .live = decide(progress, able && !is_set(place, "CI")),
          .width = std::clamp(columns, narrowest, widest)};
}

}  // namespace mqtts::cli
