// A lab that outlives one command: `lab up`, `lab status`, `lab down`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::targets {

struct LabStatus {
  long process_id = 0;
  std::string target_file;    // value for --target
  std::string ssh_command;    // one line to paste that logs in
  std::string configuration;  // the broker's configuration file
  std::string log;            // the broker's log file
  std::uint16_t ssh_port = 0;
  std::uint16_t plain_port = 0;  // open at first
  std::uint16_t tls_port = 0;    // closed at first
};

// Starts an embedded host that outlives this process, with a broker that listens on its plain port and accepts every
// client. If a lab is up already, returns its status.
Result<LabStatus> lab_up(const Deadline& deadline);

// None: no lab is up. Removes the state of a lab that has died.
Result<std::optional<LabStatus>> lab_status();

// Ends the lab and waits for its clean-up. Returns false if none was up.
Result<bool> lab_down(const Deadline& deadline);

}  // namespace mqtts::targets
