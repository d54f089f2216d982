// Certificates that no authority would sign.
#pragma once

#include <string>

#include "harness/model/materials.h"

namespace mqtts::test {

// Escapes for terminals, markup, a formula, invalid UTF-8 and a zero byte: what must not come through into a report.
std::string hostile_text();

// A self-signed certificate whose subject is one organisation with this name, whatever bytes it is made of, and its
// key, as <name>.crt and <name>.key in `folder`.
Identity certificate_of_organisation(const std::string& organisation, const std::string& folder,
                                     const std::string& name);

// A certificate with a chain of `length` certificates, each signed by the next.
Identity certificate_with_chain(int length, const std::string& folder, const std::string& name);

}  // namespace mqtts::test
