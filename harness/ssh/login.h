// Logging in by SSH as far as people have to do with it: keys with a passphrase, and host keys that are learnt.
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
  std::string locked_key;       // an identity file that would be let in, or might be, and has a passphrase
};

// Logs in and out again. The errors are those of Session::connect; ErrorKind::denied with notes.locked_key set: after
// unlock_key() it may go further.
Result<void> rehearse_login(const SshAddress& address, const Deadline& deadline, LoginNotes& notes);

// Keeps the passphrase of an identity file for the rest of this process. False if it is not the right one.
bool unlock_key(const std::string& file, const std::string& passphrase);

// True if one of the address's identity files has a passphrase that this process does not know.
bool has_locked_key(const SshAddress& address);

// The fingerprint ("SHA256:…") of the key that an SSH server shows; nobody has checked it. Errors as Session::connect.
Result<std::string> shown_host_key(const std::string& host, std::uint16_t port, const Deadline& deadline);

}  // namespace mqtts::ssh
