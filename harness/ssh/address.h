// Connects to a host name by TCP, within a deadline.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/util/fd.h"

namespace mqtts::ssh {

// Returns `deadline` as an error: ErrorKind::interrupted if a stop was requested, else ErrorKind::timeout.
tl::unexpected<Error> out_of_time(const Deadline& deadline, Message what, Message hint = {});

// Returns a connected, non-blocking TCP socket with TCP_NODELAY. Resolves the name first, then tries each address in
// turn. ErrorKind::unreachable, timeout or interrupted.
Result<Fd> connect_tcp(const std::string& host, std::uint16_t port, const Deadline& deadline);

// Checks that the name has an address, as connect_tcp resolves it. ErrorKind::unreachable, timeout or interrupted.
Result<void> look_up_name(const std::string& host, const Deadline& deadline);

}  // namespace mqtts::ssh
