// A worker process of a pool: receives job numbers and runs a job for each.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/runner/pool.h"

namespace mqtts::runner {

// Reads numbers, one a line, from `commands` and starts a job for each on its own thread; writes the jobs' reports and
// ends as lines to `events`. Exits when `commands` ends: at once, whatever still runs.
[[noreturn]] void work(int commands, int events, const Job& job);

// A line of `events`.
struct WorkerEvent {
  std::size_t number = 0;
  bool is_end = false;
  std::string text;
};

std::string to_line(const WorkerEvent& event);
std::optional<WorkerEvent> event_from(std::string_view line);  // without its newline

}  // namespace mqtts::runner
