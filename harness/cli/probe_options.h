// Probe options, shared by run, watch and grade.
#pragma once

#include <chrono>
#include <string>

#include "harness/cli/app.h"
#include "harness/util/deadline.h"

namespace mqtts::cli {

struct ProbeOptions {
  double timeout_seconds = 5;
  int repeat = 7;

  Clock::duration timeout() const {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(timeout_seconds));
  }
};

// --timeout and --repeat, in `group` of --help. `options` must outlive the command.
void add_probe_options(CLI::App& command, ProbeOptions& options, const std::string& group);

}  // namespace mqtts::cli
