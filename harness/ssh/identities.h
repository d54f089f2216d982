// The private keys that we log in with, from their files.
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
    locked,      // it has a passphrase that this process does not know; key: its public half, or null
    unreadable,  // no such file, not ours to read, or no private key; key: null
  };
  State state = State::unreadable;
  KeyPtr key;
};

// Never asks anybody. Any thread.
Identity read_identity(const std::string& file);

}  // namespace mqtts::ssh
