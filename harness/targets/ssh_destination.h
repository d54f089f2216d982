// What people write of SSH on one line: a place, and what makes a host key the right one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/model/target.h"

namespace mqtts::targets {

struct SshPlace {
  std::string user;  // empty: not said
  std::string host;  // without the brackets of an IPv6 address
  std::uint16_t port = 22;
};

// [user@]host[:port], an IPv6 address in brackets; `port` if it says none. None if it is not of that form.
std::optional<SshPlace> parse_ssh_place(std::string_view text, std::uint16_t port = 22);

// "strict", "accept-new" or "SHA256:" with its 43 letters, as ssh-keygen -l shows it. False if it is none of them;
// the address is then as it was.
bool set_host_key(SshAddress& address, std::string_view text);

}  // namespace mqtts::targets
