// What Paho presents and trusts, without reading its files anew for each connection.
//
// Paho takes the names of PEM files only, makes a context of OpenSSL's for each connection, and so has them parsed each
// time: 0.73 ms of the 3.2 ms that a whole connection cost (OpenSSL 3.0, P-256). It has no option against that, and
// frees its context with each connection. So this program has its own versions of the three functions of OpenSSL's by
// which Paho reads a file (the linker takes a program's before a library's); they answer for the files that are handed
// over here, and leave all others, and all errors, to OpenSSL's. Where a linker would not do so, Paho reads the files.
#pragma once

#include "harness/model/interfaces.h"

namespace mqtts::wire {

// From now on the files of the client's trust and identity are known to hold these texts. The latest 256 are kept. Safe
// from any thread.
void hand_over_materials(const Client& client);

}  // namespace mqtts::wire
