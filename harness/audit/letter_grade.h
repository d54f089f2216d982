// The letter grade of an audit, and what to mend first.
#pragma once

#include <string>
#include <vector>

#include "harness/model/report.h"

namespace mqtts::audit {

// By the worst severity of a failed check:
//   F  a critical one
//   E  two or more of high severity
//   D  one of high severity
//   C  one of medium severity
//   B  one of low severity; or a check of high or critical severity of the transport, the server's certificate or
//      passwords that could not be made or judged: what anybody's first attack would be was not tried
//   A  none of these
// Empty: no check was judged, so that nothing is known.
std::string letter_grade(const TargetResult& target);

// Ids of failed checks, the most severe first, then in the report's order; five at most.
std::vector<std::string> most_urgent(const TargetResult& target);

// 1: a check of at least that severity failed; 3: one could not be judged, and none failed at that severity; else 0. A
// skipped check does not count.
int audit_exit_code(const TargetResult& target, Severity fail_on);

}  // namespace mqtts::audit
