// What a person who watches is shown: where the broker stands, what has changed, and the one next step. Pure.
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
  std::optional<Change> cause;     // what has begun it; none: the first, or Enter
  bool newer_than_broker = false;  // see remote::BrokerState
  std::string clock;               // when it began, for people: "15:17:23"
};

enum class Shown {
  all,
  next_step,  // and nothing else
};

// Ends with a newline. A terminal that is live is cleared by its beginning; anything else gets a line between two
// rounds.
std::string round_text(const Round& round, const reports::Translator& tr, const reports::Style& style,
                       Shown shown = Shown::all, reports::Detail detail = reports::Detail::troubles);

struct Waiting {
  bool has_ssh = true;          // there is a host to look at
  std::optional<Error> broken;  // why it does not answer; none: it does
  bool has_keys = true;         // somebody may press one
};

// What is waited for, and how to go on: wrapped lines.
std::string waiting_text(const Waiting& waiting, const reports::Translator& tr, const reports::Style& style);

}  // namespace mqtts::cli::watch
