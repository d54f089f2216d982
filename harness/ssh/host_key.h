// Is the machine that answers the one that is meant?
#pragma once

#include <string>

#include "harness/model/target.h"
#include "harness/ssh/login.h"
#include "harness/ssh/session.h"
#include "harness/util/error.h"

namespace mqtts::ssh {

// "SHA256:…", or "?" before the handshake.
std::string fingerprint_of_server(const Session& session);

// By the policy of `address`. ErrorKind::wrong_host if another key is known, unknown_host if none is, or local if a new
// key cannot be written down.
Result<void> check_host_key(const Session& session, const SshAddress& address, LoginNotes& notes);

}  // namespace mqtts::ssh
