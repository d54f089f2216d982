// SSH login as far as it concerns people: keys with a passphrase, and newly learnt host keys.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/model/target.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::ssh {

constexpr auto login_time = std::chrono::seconds(15);

struct LoginNotes {
  std::vector<Message> learnt;  // one sentence for each host key that was added to a known_hosts file
  std::string locked_key;       // an identity file with a passphrase that the server accepts, or might
};

// Logs in and out again. Errors as Session::connect; after ErrorKind::denied with notes.locked_key set, unlock_key()
// may help.
Result<void> rehearse_login(const SshAddress& address, const Deadline& deadline, LoginNotes& notes);

// Keeps the passphrase of an identity file for the rest of this process. Returns false if it is wrong.
bool unlock_key(const std::string& file, const std::string& passphrase);

// Returns true if an identity file of the address has a passphrase unknown to this process.
bool has_locked_key(const SshAddress& address);

// Returns the fingerprint ("SHA256:…") of an SSH server's key, without a check. Errors as Session::connect.
Result<std::string> shown_host_key(const std::string& host, std::uint16_t port, const Deadline& deadline);

}  // namespace mqtts::ssh
