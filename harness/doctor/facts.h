// What doctor has seen: from here, on the way in, and what the host has said of itself. Findings are made of it.
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

// The steps of the way in, each of which needs the one before.
enum class Step {
  name,      // has an address
  port,      // accepts connections
  protocol,  // an SSH server answers there
  host_key,
  login,
  shell,
  sudo,
  answers,  // the host tells what it is asked
};

struct FailedStep {
  Step step{};
  Error error;
};

// What came of a TCP connection from here.
struct PortSeen {
  std::optional<wire::TcpOutcome> outcome;  // none: `error` says why it could not be tried
  std::string reason;                       // of the outcome: "host_unreachable"
  std::optional<Error> error = {};
};

struct Facts {
  std::string target_option;             // what the user gave to --target
  std::int64_t now = 0;                  // our clock at the end, seconds since 1970
  int materials = 0;                     // how many things of its own the target gives, as files of this machine
  int materials_on_host = 0;             // and as files of the broker's host
  std::vector<Error> materials_trouble;  // with those
  std::optional<FailedStep> trouble;     // where the way in ended; none: facts are there
  std::optional<remote::HostFacts> facts;
  std::int64_t asked = 0;     // our clock when the facts were asked for
  std::int64_t answered = 0;  // and when they were there
  PortSeen plain;
  PortSeen tls;
};

}  // namespace mqtts::doctor
