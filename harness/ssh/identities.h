// Reads the private keys for the login from their files.
#pragma once

#include <memory>
#include <string>

#include <libssh/libssh.h>

#include "harness/util/free_with.h"

namespace mqtts::ssh {

using KeyPtr = std::unique_ptr<ssh_key_struct, FreeWith<ssh_key_free>>;

struct Identity {
  enum class State {
    open,        // key: the private key
    locked,      // it has a passphrase unknown to this process; key: its public half, or null
    unreadable,  // no such file, no permission, or no private key; key: null
  };
  State state = State::unreadable;
  KeyPtr key;
};

// Never prompts. Safe from any thread.
Identity read_identity(const std::string& file);

}  // namespace mqtts::ssh
