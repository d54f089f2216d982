// Certificates that no authority would sign.
#pragma once

#include <string>

#include "harness/model/materials.h"

namespace mqtts::test {

// Terminal escapes, markup, a formula, invalid UTF-8 and a zero byte: must not reach a report unescaped.
std::string hostile_text();

// A self-signed certificate whose subject is one organisation with these bytes as its name, and its key, as <name>.crt
// and <name>.key in `folder`.
Identity certificate_of_organisation(const std::string& organisation, const std::string& folder,
                                     const std::string& name);

// A certificate with a chain of `length` certificates, each signed by the next.
Identity certificate_with_chain(int length, const std::string& folder, const std::string& name);

}  // namespace mqtts::test
