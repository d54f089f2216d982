// What the targets that are reached by SSH have in common.
#pragma once

#include <string>

#include "harness/cli/target.h"

namespace mqtts::cli {

// Puts the flags --identity, --host-key, --jump and --sudo-password-file over what the target says.
// ErrorKind::usage.
Result<void> apply_ssh_options(const TargetOptions& options, SshAddress& ssh);

// A target with everything else as in a target file that says no more than this: Debian's Mosquitto under systemd, on
// the usual ports of `broker_address`; root needs no sudo. The flags are put over `ssh`.
tl::expected<OpenTarget, int> open_with_defaults(const std::string& name, const std::string& broker_address,
                                                 SshAddress ssh, const TargetOptions& options,
                                                 const reports::Words& words);

// $HOME, or what the user database says.
std::filesystem::path home_folder();
std::string login_name();

// Logs in once, for what people have to do with it: keys that have a passphrase are asked for at the terminal, once a
// process, and host keys that were learnt are told to standard error. Nothing is done where neither can be. What goes
// wrong is not told: the login that follows will.
void prepare_login(const SshAddress& ssh, const Deadline& deadline, const reports::Words& words);

}  // namespace mqtts::cli
