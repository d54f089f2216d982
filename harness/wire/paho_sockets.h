// Makes Paho's TLS sockets acknowledge at once.
//
// A broker's small answers wait for our acknowledgement of the one before (Nagle's algorithm), and our kernel
// acknowledges after 40 ms: so an answer over TLS 1.3, which follows two session tickets, and a message after a SUBACK,
// come 40 ms late. TCP_QUICKACK avoids that, but Paho has no option for it and does not expose its sockets. OpenSSL
// does: it reports every SSL that any library of the process makes. The same callback makes Paho offer every cipher
// suite of TLS 1.3 with TlsOffer::everything.
#pragma once

#include <cstdint>
#include <string>

namespace mqtts::wire {

// Call once, before Paho makes its first connection.
void watch_paho_sockets();

// Makes Paho's ClientHello to that numeric address and port name `name` (RFC 6066 section 3): Paho gets numeric
// addresses, and would send no name. The latest of several names for one address and port counts.
void say_server_name(const std::string& address, std::uint16_t port, const std::string& name);

// Sends the pending acknowledgements of all these sockets.
void acknowledge_now();

}  // namespace mqtts::wire
