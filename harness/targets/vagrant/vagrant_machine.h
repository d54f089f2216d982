// A machine of Vagrant's: where it is defined, and what we have kept of it.
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

// From "vagrant[:DIR][#MACHINE]": without DIR the nearest folder with a Vagrantfile, from `here` upwards; without
// MACHINE "broker". ErrorKind::usage.
Result<MachineName> parse_machine(const std::string& name, const std::filesystem::path& here);

// Asks `vagrant ssh-config` (1.7 s and more): its output, for parse_ssh_config. ErrorKind::missing_program, unreachable
// (the machine is not created, or not running), timeout, interrupted, local.
Result<std::string> ask_vagrant(const MachineName& machine, const Deadline& deadline);

// What Vagrant says of a machine, its host key and the broker's address, kept for the next run in a folder of mode
// 0700: $XDG_CACHE_HOME or ~/.cache, and there mqtts-harness/vagrant/…
class MachineCache {
 public:
  struct Kept {
    std::string config;   // vagrant ssh-config's output
    std::string address;  // where the broker's clients connect to
  };

  // Makes the folder. ErrorKind::denied if it is not ours alone, local.
  static Result<MachineCache> open(const MachineName& machine);

  // None if nothing is kept, or if Vagrant has touched the machine, or its Vagrantfile has changed, since.
  std::optional<Kept> find() const;
  Result<void> keep(const Kept& kept) const;

  // A known_hosts file of this machine alone.
  std::filesystem::path known_hosts() const { return folder_ / "known_hosts"; }
  // True if it holds a key of this machine, which now answers there: Vagrant may have given it another port. The file
  // goes, so that the key is learnt anew, when the machine was made anew: when Vagrant has another id for it than at
  // the last keep().
  bool knows_host_key(const std::string& host, std::uint16_t port) const;

 private:
  MachineCache(MachineName machine, std::filesystem::path folder)
      : machine_(std::move(machine)), folder_(std::move(folder)) {}

  MachineName machine_;
  std::filesystem::path folder_;
};

}  // namespace mqtts::targets
