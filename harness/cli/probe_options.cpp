#include "harness/cli/probe_options.h"

#include <CLI/CLI.hpp>

namespace mqtts::cli {

void add_probe_options(CLI::App& command, ProbeOptions& options, const std::string& group) {
  command.add_option("--timeout", options.timeout_seconds, "Seconds that one connection may take (default: 5)")
      ->check(CLI::Range(0.1, 3600.0))
      ->group(group);
  command
      .add_option(
          "--repeat", options.repeat,
          "Observing, connections that must be refused for one refusal (default: 7, which finds a broker that is "
          "weak in half of its back ends with 99 %)")
      ->check(CLI::Range(1, 100))
      ->group(group);
}

}  // namespace mqtts::cli
