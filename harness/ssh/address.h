// Connects to a host name by TCP, within a deadline.
#pragma once

#include <cstdint>
#include <string>

#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/util/fd.h"

namespace mqtts::ssh {

// Returns a connected, non-blocking TCP socket with TCP_NODELAY. Resolves the name first, then tries each address in
// turn. ErrorKind::unreachable, timeout or interrupted.
Result<Fd> connect_tcp(const std::string& host, std::uint16_t port, const Deadline& deadline);

// Checks that the name has an address, as connect_tcp resolves it. ErrorKind::unreachable, timeout or interrupted.
Result<void> look_up_name(const std::string& host, const Deadline& deadline);

}  // namespace mqtts::ssh
