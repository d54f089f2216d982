// From a host's name to a connected socket, within a deadline.
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

// `deadline` as an error: ErrorKind::interrupted if a stop was asked for, else ErrorKind::timeout.
tl::unexpected<Error> out_of_time(const Deadline& deadline, Message what, Message hint = {});

// A connected, non-blocking TCP socket with TCP_NODELAY. A name is resolved to numbers first, and each of them is
// tried in turn. ErrorKind::unreachable, timeout or interrupted.
Result<Fd> connect_tcp(const std::string& host, std::uint16_t port, const Deadline& deadline);

// Whether the name has an address, as connect_tcp would look it up. ErrorKind::unreachable, timeout or interrupted.
Result<void> look_up_name(const std::string& host, const Deadline& deadline);

}  // namespace mqtts::ssh
