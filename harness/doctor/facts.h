// What doctor has observed: from this machine, during the login, and on the host. Findings are derived from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/target.h"
#include "harness/remote/host_facts.h"
#include "harness/util/error.h"
#include "harness/wire/tcp.h"

namespace mqtts::doctor {

// The steps of the login; each needs the one before.
enum class Step {
  name,      // the name has an address
  port,      // the port accepts connections
  protocol,  // an SSH server answers
  host_key,
  login,
  shell,
  sudo,
  answers,  // the host returns its facts
};

struct FailedStep {
  Step step{};
  Error error;
};

// Result of a TCP connection from this machine.
struct PortSeen {
  std::optional<wire::TcpOutcome> outcome;  // none: the attempt itself failed, see `error`
  std::string reason;                       // reason for the outcome: "host_unreachable"
  std::optional<Error> error = {};
};

struct Facts {
  std::string target_option;             // the value of --target
  std::int64_t now = 0;                  // this machine's clock at the end, seconds since 1970
  int materials = 0;                     // number of material entries that are files of this machine
  int materials_on_host = 0;             // number of material entries that are files of the broker's host
  std::vector<Error> materials_trouble;  // errors in files of this machine
  std::vector<remote::NamedFile> local;  // the materials that are files of this machine, and exist
  std::optional<FailedStep> trouble;     // the step that failed; none: `facts` is set
  std::optional<remote::HostFacts> facts;
  std::int64_t asked = 0;     // this machine's clock when the facts were requested
  std::int64_t answered = 0;  // this machine's clock when they arrived
  PortSeen plain;
  PortSeen tls;
};

}  // namespace mqtts::doctor
