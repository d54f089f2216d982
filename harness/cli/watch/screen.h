// Output of `watch`: the broker's state, what has changed, and the next step. Pure.
#pragma once

#include <optional>
#include <string>

#include "harness/cli/watch/events.h"
#include "harness/model/report.h"
#include "reports/console.h"
#include "reports/style.h"
#include "reports/translator.h"

namespace mqtts::cli::watch {

struct Round {
  const Report& now;
  const Report* before = nullptr;  // the round before; none in the first
  std::optional<Change> cause;     // the trigger; none: the first round, or Enter
  std::string clock;               // start time for people: "15:17:23"
};

enum class Shown {
  all,
  next_step,  // only that
};

// Ends with a newline. Starts by clearing a live terminal; other output gets a line between two rounds.
std::string round_text(const Round& round, const reports::Translator& tr, const reports::Style& style,
                       Shown shown = Shown::all, reports::Detail detail = reports::Detail::troubles);

struct Waiting {
  bool has_ssh = true;          // there is a host to poll
  std::optional<Error> broken;  // why the host does not answer; none: it does
  bool has_keys = true;         // there is keyboard input
};

// The awaited event, and the user's options: wrapped lines.
std::string waiting_text(const Waiting& waiting, const reports::Translator& tr, const reports::Style& style);

}  // namespace mqtts::cli::watch
