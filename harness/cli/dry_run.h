// What a run would do to the broker's host, without doing it.
#pragma once

#include "harness/cli/selection.h"
#include "harness/model/plan.h"
#include "harness/targets/open_target.h"
#include "reports/translator.h"

namespace mqtts::cli {

// Prints for each selected stage the files, the configuration's lines that come and go, the service's restart and
// the checks. Secrets are not shown. A target file's own values are put in; a host that we would start ourselves
// chooses its ports, and maybe its paths, when it starts, so there the plan's variables stay. Returns the exit code.
int dry_run(const Plan& plan, const Selection& selection, const targets::TargetOptions& target,
            const reports::Translator& tr);

}  // namespace mqtts::cli
