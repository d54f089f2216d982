// The block that `vagrant ssh-config` prints (ssh_config(5), as far as Vagrant writes it). Pure.
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
  std::vector<std::string> identity_files;  // as they are written, in their order
};

// The first `Host` block of `text`; what stands before it, and keywords that we have no use for, are passed over. None
// if there is no such block, or if it names no HostName or User, or a Port that is none.
std::optional<SshConfig> parse_ssh_config(std::string_view text);

}  // namespace mqtts::targets
