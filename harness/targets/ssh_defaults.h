// What the targets that are reached by SSH have in common.
#pragma once

#include <string>

#include "harness/targets/open_target.h"

namespace mqtts::targets {

// Puts the flags --identity, --host-key, --jump and --sudo-password-file over what the target says.
// ErrorKind::usage.
Result<void> apply_ssh_options(const TargetOptions& options, SshAddress& ssh);

// What ssh(1) would use where nothing else is said, for an address of which only host, port and user are known: the
// usual keys of ~/.ssh that are there, the agent, ~/.ssh/known_hosts; our own login name where it names no user. What
// the address says itself stays.
void complete_ssh_address(SshAddress& ssh);

// A target with everything else as in a target file that says no more than this: Debian's Mosquitto under systemd;
// root needs no sudo. Without `ssh` there is no way in. The flags are put over it.
Opened open_with_defaults(const std::string& name, const MqttAddress& broker, std::optional<SshAddress> ssh,
                          const TargetOptions& options);

// $HOME, or what the user database says.
std::filesystem::path home_folder();
std::string login_name();

// Logs in once, for what people have to do with it: keys that have a passphrase are asked for at the terminal, once a
// process, and host keys that were learnt are told to standard error. Nothing is done where neither can be. What goes
// wrong is not told: the login that follows will.
void prepare_login(const SshAddress& ssh, const Deadline& deadline, Interaction& interaction);

}  // namespace mqtts::targets
