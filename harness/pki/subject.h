// Parses subjects as a plan writes them.
#pragma once

#include <string>

#include "harness/util/error.h"
#include "harness/util/openssl.h"

namespace mqtts::pki {

// Reads "/C=FR/L=PARIS/CN=Lab CA" as `openssl req -subj` does: UTF-8, a backslash before a '/', '+' or backslash in a
// value, and a bare '+' for one more attribute of the same RDN. If openssl only warns and omits something (an unknown
// attribute, no value), this is an error: ErrorKind::invalid_input.
Result<NamePtr> parse_subject(const std::string& subject);

}  // namespace mqtts::pki
