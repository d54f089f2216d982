// The worker's end of a pool: a process that is told numbers and runs a job for each.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/runner/pool.h"

namespace mqtts::runner {

// Reads numbers, one a line, from `commands` and begins a job for each on a thread of its own; what jobs tell, and
// their ends, go to `events` as lines. Ends the process when `commands` ends: at once, whatever still runs.
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
