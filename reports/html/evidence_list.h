// The evidence for a check's verdict.
#pragma once

#include "harness/model/observation.h"
#include "reports/html/page.h"

namespace mqtts::reports {

// The line to paste, the broker's log, and, collapsed, the TLS details and the rest.
void add_evidence(Node parent, const Observation& seen, const HtmlWriter& writer);

}  // namespace mqtts::reports
