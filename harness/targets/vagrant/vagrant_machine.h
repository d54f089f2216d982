// A Vagrant machine: its definition, and the cached facts about it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::targets {

struct MachineName {
  std::filesystem::path folder;  // absolute; holds the Vagrantfile
  std::string machine;
};

// Parses "vagrant[:DIR][#MACHINE]". Default of DIR: the nearest folder with a Vagrantfile, from `here` upwards; of
// MACHINE: "broker". ErrorKind::usage.
Result<MachineName> parse_machine(const std::string& name, const std::filesystem::path& here);

// Runs `vagrant ssh-config` (1.7 s and more); returns its output, for parse_ssh_config. ErrorKind::missing_program,
// unreachable (the machine is not created, or not running), timeout, interrupted, local.
Result<std::string> ask_vagrant(const MachineName& machine, const Deadline& deadline);

// Caches Vagrant's data about a machine, its host key and the broker's address for the next run, in a folder of mode
// 0700: $XDG_CACHE_HOME or ~/.cache, and there mqtts-harness/vagrant/…
class MachineCache {
 public:
  struct Kept {
    std::string config;   // output of vagrant ssh-config
    std::string address;  // address for MQTT clients
  };

  // Makes the folder. ErrorKind::denied if other users have access, local.
  static Result<MachineCache> open(const MachineName& machine);

  // None if nothing is cached, or if Vagrant has changed the machine, or its Vagrantfile has changed, since.
  std::optional<Kept> find() const;
  Result<void> keep(const Kept& kept) const;

  // A known_hosts file for this machine only.
  std::filesystem::path known_hosts() const { return folder_ / "known_hosts"; }
  // Returns true if it holds a key of this machine, and moves the key to this host and port: Vagrant may have changed
  // the port. Deletes the file, so that the key is stored anew, if Vagrant has recreated the machine: its id is not
  // that of the last keep().
  bool knows_host_key(const std::string& host, std::uint16_t port) const;

 private:
  MachineCache(MachineName machine, std::filesystem::path folder)
      : machine_(std::move(machine)), folder_(std::move(folder)) {}

  MachineName machine_;
  std::filesystem::path folder_;
};

}  // namespace mqtts::targets
