// Expected failures are values. Exceptions are for bugs.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "harness/util/message.h"

namespace mqtts {

enum class ErrorKind {
  usage,             // the command line cannot be obeyed
  invalid_input,     // a plan, target or other file is wrong
  missing_program,   // a program that we need is not on this machine (sshd, mosquitto)
  missing_material,  // a key, certificate or password that a check needs was not given
  unreachable,       // nothing answers where something should (TCP, SSH)
  denied,            // SSH login, sudo, file permission
  unknown_host,      // no host key of the SSH server is known, or it cannot be compared
  wrong_host,        // the SSH server shows another host key than the one that is known: it may be another machine
  timeout,           // a deadline passed
  broker_down,       // the broker did not come up, or is not running
  remote,            // the host answered, and a command on it failed
  disagreement,      // two witnesses of one attempt contradict each other
  interrupted,       // a signal asked us to stop
  local,             // our own side: a file cannot be written, a key does not match its certificate
};

// `what` says what went wrong and where, `hint` how to mend it (may be empty), `detail` holds another
// program's own words, untranslated and possibly hostile (may be empty).
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
