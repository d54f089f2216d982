// Suspects personal data and secrets in a payload, by their form.
#pragma once

#include <string_view>
#include <vector>

#include "harness/model/topics.h"

namespace mqtts::audit {

// The kinds that the payload may hold, each once, in their order. Any bytes; takes time in proportion to their number.
// A suspicion, no proof: forms that many harmless payloads have are left alone, and what is encoded is not seen.
std::vector<DataKind> suspected_in(std::string_view payload);

}  // namespace mqtts::audit
