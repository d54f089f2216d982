// Logging in with the keys that an address names.
#pragma once

#include "harness/model/target.h"
#include "harness/ssh/login.h"
#include "harness/ssh/session.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::ssh {

// First the identity files that are open to us, then the agent's keys, then the files with a passphrase; each in its
// order. A server counts what it is offered, and OpenSSH's takes six. Errors: see Session::connect.
Result<void> log_in(const Session& session, const SshAddress& address, const Deadline& deadline, LoginNotes& notes);

}  // namespace mqtts::ssh
