// Parses SSH destinations and host key policies.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/model/target.h"

namespace mqtts::targets {

struct SshPlace {
  std::string user;  // empty: not given
  std::string host;  // without the brackets of an IPv6 address
  std::uint16_t port = 22;
};

// Parses [user@]host[:port], an IPv6 address in brackets; `port` is the default. None if it is not of that form.
std::optional<SshPlace> parse_ssh_place(std::string_view text, std::uint16_t port = 22);

// Parses "strict", "accept-new" or "SHA256:" with 43 characters, as in ssh-keygen -l. Returns false for anything else,
// and leaves the address as it was.
bool set_host_key(SshAddress& address, std::string_view text);

}  // namespace mqtts::targets
