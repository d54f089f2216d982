// Expected failures are values. Exceptions are for bugs.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "harness/util/message.h"

namespace mqtts {

enum class ErrorKind {
  usage,             // the command line is invalid
  invalid_input,     // a plan, target or other file is wrong
  missing_program,   // a required program is not installed here (sshd, mosquitto)
  missing_material,  // a key, certificate or password that a check needs was not given
  unreachable,       // no answer at an address that should answer (TCP, SSH)
  denied,            // SSH login, sudo, file permission
  unknown_host,      // no host key of the SSH server is known, or it cannot be compared
  wrong_host,        // the SSH server's host key differs from the known one: it may be another machine
  timeout,           // a deadline passed
  broker_down,       // the broker did not start, or is not running
  remote,            // the host answered, but a command on it failed
  disagreement,      // Paho and the probe contradict each other about one attempt
  interrupted,       // a signal requested a stop
  local,             // this machine: a file cannot be written, a key does not match its certificate
};

// `what`: what went wrong and where. `hint`: how to fix it (may be empty). `detail`: another program's output,
// untranslated and possibly hostile (may be empty).
struct Error {
  ErrorKind kind{};
  Message what;
  Message hint;
  std::string detail;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(ErrorKind kind, Message what, Message hint = {}, std::string detail = {}) {
  return tl::make_unexpected(Error{kind, std::move(what), std::move(hint), std::move(detail)});
}

}  // namespace mqtts
