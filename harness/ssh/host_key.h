// Checks the host key of the SSH server.
#pragma once

#include <string>

#include "harness/model/target.h"
#include "harness/ssh/login.h"
#include "harness/ssh/session.h"
#include "harness/util/error.h"

namespace mqtts::ssh {

// Returns "SHA256:…", or "?" before the handshake.
std::string fingerprint_of_server(const Session& session);

// Applies the policy of `address`. ErrorKind::wrong_host if another key is known, unknown_host if none is, or local if a new
// key cannot be saved.
Result<void> check_host_key(const Session& session, const SshAddress& address, LoginNotes& notes);

}  // namespace mqtts::ssh
