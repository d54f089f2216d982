// Which topics a client may read: their names, how many messages come, and what these seem to hold.
#pragma once

#include <cstddef>

#include "harness/model/interfaces.h"
#include "harness/model/topics.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::audit {

constexpr std::size_t most_topics = 1000;      // that are kept
constexpr std::size_t longest_topic = 200;     // bytes of a name that are kept
constexpr std::size_t looked_through = 16384;  // bytes of a payload

// Subscribes to "#" and "$SYS/#", and to "+/#" where "#" is refused, and listens for `span`, but no longer than until
// `deadline`. Keeps no payload. A broker that refuses all of it lets the client read no topic. ErrorKind::denied if the
// client is not let in, ErrorKind::interrupted on a stop; errors as wire::probe_connection.
Result<TopicsSeen> read_topics(Client client, Clock::duration span, const Deadline& deadline);

}  // namespace mqtts::audit
