// Prints what a run would change on the broker's host, without changing it.
#pragma once

#include "harness/cli/selection.h"
#include "harness/model/plan.h"
#include "harness/targets/open_target.h"
#include "reports/translator.h"

namespace mqtts::cli {

// Prints for each selected stage the files, the configuration lines added and removed, the service's restart and the
// checks. Hides secrets. Uses a target file's own values; a host that this program would start chooses its ports, and
// maybe its paths, when it starts, so the plan's variables stay there. Returns the exit code.
int dry_run(const Plan& plan, const Selection& selection, const targets::TargetOptions& target,
            const reports::Translator& tr);

}  // namespace mqtts::cli
