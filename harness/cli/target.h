// --target: from what the user writes to a broker that can be reached.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "harness/cli/embedded/launcher.h"
#include "harness/model/deadline.h"
#include "harness/model/target.h"
#include "reports/words.h"

namespace mqtts::cli {

struct OpenTarget {
  std::optional<EmbeddedHost> embedded;  // lives as long as the target is used
  Target target;
};

// `embedded`, or the path of a target file. What is wrong is told to standard error; the error is the exit code.
tl::expected<OpenTarget, int> open_target(const std::string& name, const Deadline& deadline,
                                          const reports::Words& words);

}  // namespace mqtts::cli
