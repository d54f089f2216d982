// The blocks of a pcapng file (draft-ietf-opsawg-pcapng), in this machine's byte order. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "harness/model/traffic.h"
#include "harness/wire/mqtt_bytes.h"

namespace mqtts::wire {

// Section header and the one interface, whose packets begin with their IP header (LINKTYPE_RAW) and whose times are in
// nanoseconds.
Bytes pcapng_header(std::string_view program, std::string_view description);

// A packet of that interface; `comment` may be empty.
Bytes pcapng_packet(WallClock::time_point at, Direction direction, std::span<const unsigned char> packet,
                    std::string_view comment);

// Lines of a TLS key log, each with its end of line. Stands before the packets that they decrypt.
Bytes pcapng_keys(std::string_view lines);

}  // namespace mqtts::wire
