// Paho's TLS sockets, made to acknowledge at once.
//
// A broker's small answers wait for our acknowledgement of the one before (Nagle's algorithm), and our system
// acknowledges after 40 ms: so an answer over TLS 1.3, which has two session tickets before it, and a message
// that follows a SUBACK, come 40 ms late. TCP_QUICKACK cures that, but Paho has no option for it and does not
// show its sockets. OpenSSL does: it tells of every SSL that any library of the process makes. By the same way Paho
// offers every cipher suite of TLS 1.3 where it is to offer everything.
#pragma once

#include <cstdint>
#include <string>

namespace mqtts::wire {

// Once, before Paho makes its first connection.
void watch_paho_sockets();

// From now on Paho's ClientHello to that numeric address and port names `name` (RFC 6066 section 3): Paho is given
// numbers, and would say none. Of several names for one address and port the latest counts.
void say_server_name(const std::string& address, std::uint16_t port, const std::string& name);

// Sends the acknowledgements that are due on all of them.
void acknowledge_now();

}  // namespace mqtts::wire
