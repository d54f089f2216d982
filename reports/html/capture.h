// The recorded traffic of one check: its first packets as Wireshark lists them, and the file.
#pragma once

#include "harness/model/report.h"
#include "reports/html/page.h"

namespace mqtts::reports {

void add_capture(Node parent, const Capture& capture, const HtmlWriter& writer);

}  // namespace mqtts::reports
