// Makes a new SSH key pair, for a host of our own.
#pragma once

#include <filesystem>
#include <string>

#include "harness/util/error.h"

namespace mqtts::ssh {

// Writes a new Ed25519 private key, without a passphrase and of mode 0600, to `path`, whose folder must be private.
// Returns its public half as one line of authorized_keys: "ssh-ed25519 BASE64". ErrorKind::local.
Result<std::string> make_ssh_key(const std::filesystem::path& path);

}  // namespace mqtts::ssh
