// Logs in with the keys that an address names.
#pragma once

#include "harness/model/target.h"
#include "harness/ssh/login.h"
#include "harness/ssh/session.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::ssh {

// Offers first the identity files that need no unknown passphrase, then the agent's keys, then the locked files; each
// in its order. A server limits the offers: OpenSSH's takes six. Errors: see Session::connect.
Result<void> log_in(const Session& session, const SshAddress& address, const Deadline& deadline, LoginNotes& notes);

}  // namespace mqtts::ssh
