// The kinds of target: each has one file beside this one and one row of the table in open_target.cpp.
#pragma once

#include <string>

#include "harness/targets/open_target.h"

namespace mqtts::targets {

struct TargetKind {
  const char* form;  // as the user writes it
  bool (*matches)(const std::string& name);
  // As open_target.
  Opened (*open)(const TargetOptions& options, const Deadline& deadline, Interaction& interaction);
  // The broker's profile before the target is opened, for kinds that start a host; else null.
  BrokerProfile (*planned_profile)() = nullptr;
};

// `embedded`: a private sshd and broker on this machine.
bool is_embedded(const std::string& name);
Opened open_embedded(const TargetOptions& options, const Deadline& deadline, Interaction& interaction);
BrokerProfile embedded_profile();

// `container`, `container:IMAGE`: a container that podman or docker runs on this machine.
bool is_container(const std::string& name);
Opened open_container(const TargetOptions& options, const Deadline& deadline, Interaction& interaction);
BrokerProfile container_profile();

// `ssh://user@host[:port]`: any machine, its broker on the usual ports.
bool is_ssh(const std::string& name);
Opened open_ssh(const TargetOptions& options, const Deadline& deadline, Interaction& interaction);

// `mqtts://host[:port]`, `mqtt://host[:port]`, `wss://host[:port][/path]`, `ws://host[:port][/path]`: a broker without
// SSH, for --observe.
bool is_mqtt(const std::string& name);
Opened open_mqtt(const TargetOptions& options, const Deadline& deadline, Interaction& interaction);

// `vagrant[:DIR][#MACHINE]`: a Vagrant machine, as described by `vagrant ssh-config`.
bool is_vagrant(const std::string& name);
Opened open_vagrant(const TargetOptions& options, const Deadline& deadline, Interaction& interaction);

// The path of a target file. The last kind: it matches every name.
bool is_file(const std::string& name);
Opened open_file(const TargetOptions& options, const Deadline& deadline, Interaction& interaction);

}  // namespace mqtts::targets
