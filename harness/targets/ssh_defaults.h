// Shared by the targets that are reached by SSH.
#pragma once

#include <string>

#include "harness/targets/open_target.h"

namespace mqtts::targets {

// Applies --identity, --host-key, --jump and --sudo-password-file to the target's address. ErrorKind::usage.
Result<void> apply_ssh_options(const TargetOptions& options, SshAddress& ssh);

// Completes an address of which only host, port and user are known with the defaults of ssh(1): the existing usual keys
// of ~/.ssh, the agent, ~/.ssh/known_hosts, and the local login name if no user is given. Values that the address has
// stay.
void complete_ssh_address(SshAddress& ssh);

// A target as from a target file with these values and otherwise defaults: Debian's Mosquitto under systemd; root needs
// no sudo. Without `ssh` there is no login. The options are applied to it.
Opened open_with_defaults(const std::string& name, const MqttAddress& broker, std::optional<SshAddress> ssh,
                          const TargetOptions& options);

// $HOME, or the home folder in the user database.
std::filesystem::path home_folder();
std::string login_name();

// Logs in once for the interactive part: asks at the terminal for passphrases of keys, once a process, and reports
// stored host keys on standard error. Does nothing if neither applies. Does not report errors: the login that follows
// will.
void prepare_login(const SshAddress& ssh, const Deadline& deadline, Interaction& interaction);

}  // namespace mqtts::targets
