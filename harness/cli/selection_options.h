// --stage, --check, --tag, --skip-tag; and --var, --vars.
#pragma once

#include <memory>

#include "harness/cli/app.h"
#include "harness/cli/selection.h"

namespace mqtts::cli {

std::shared_ptr<Selection> add_selection(CLI::App& command);
std::shared_ptr<VariableOptions> add_variables(CLI::App& command);

}  // namespace mqtts::cli
