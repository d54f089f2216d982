// What a check's verdict stands on, for those who want to see it.
#pragma once

#include "harness/model/observation.h"
#include "reports/html/page.h"

namespace mqtts::reports {

// The line to paste, the broker's log, and, folded away, what TLS showed and all else.
void add_evidence(Node parent, const Observation& seen, const HtmlWriter& writer);

}  // namespace mqtts::reports
