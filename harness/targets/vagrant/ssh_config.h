// Parses the output of `vagrant ssh-config` (ssh_config(5), the subset that Vagrant writes). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqtts::targets {

struct SshConfig {
  std::string host;  // the machine's name
  std::string host_name;
  std::uint16_t port = 22;
  std::string user;
  std::vector<std::string> identity_files;  // as written, in their order
};

// Parses the first `Host` block of `text`; ignores what precedes it, and other keywords. None without such a block, or
// if it lacks HostName or User, or has an invalid Port.
std::optional<SshConfig> parse_ssh_config(std::string_view text);

}  // namespace mqtts::targets
