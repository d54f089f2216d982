// --target and its options.
#pragma once

#include <memory>

#include "harness/cli/app.h"
#include "harness/targets/open_target.h"

namespace mqtts::cli {

std::shared_ptr<targets::TargetOptions> add_target_options(CLI::App& command);

// --profile, --identity and the other options of --target.
void add_login_options(CLI::App& command, targets::TargetOptions& options);

}  // namespace mqtts::cli
