// What a server's certificate is worth, judged alone: whether or not anybody trusts its chain.
#pragma once

#include <string>

#include <openssl/x509.h>

#include "harness/model/facts.h"

namespace mqtts::wire {

// Returns the facts "certificate.*" of the chain as a server has sent it, leaf first; looks at 16 certificates. `name`:
// what the leaf must be for. Leaves out what cannot be read, or is of a kind that we do not know: neither good nor
// weak.
Facts certificate_facts(const STACK_OF(X509) * chain, const std::string& name);

// Returns those of `facts` that show a weakness. They hold even where the server has not proven that it has the key: no
// good certificate can be copied in its place to hide them, while another's good certificate can be shown by anybody.
Facts weaknesses_in(const Facts& facts);

}  // namespace mqtts::wire
