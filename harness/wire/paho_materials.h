// Lets Paho use keys and certificates without parsing its files for each connection.
//
// Paho only takes names of PEM files, makes an OpenSSL context for each connection, and so parses them each time: 0.73
// ms of the 3.2 ms of a whole connection (OpenSSL 3.0, P-256). It has no option against that, and frees its context
// with each connection. So this program has its own versions of the three OpenSSL functions with which Paho reads a
// file (the linker prefers a program's to a library's); they answer for the files registered here, and leave all
// others, and all errors, to OpenSSL's. If a linker does not prefer them, Paho reads the files.
#pragma once

#include "harness/model/interfaces.h"

namespace mqtts::wire {

// Registers the contents of the files of the client's trust and identity. Keeps the latest 256. Safe from any thread.
void hand_over_materials(const Client& client);

}  // namespace mqtts::wire
