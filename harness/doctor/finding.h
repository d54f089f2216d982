// Result of one doctor check.
#pragma once

#include <string>
#include <vector>

#include "harness/util/message.h"

namespace mqtts::doctor {

enum class State {
  fine,
  warning,        // a run can proceed
  broken,         // needs a fix
  unknown,        // checked, but without a conclusive answer
  not_looked_at,  // an earlier step failed
};

struct Finding {
  std::string id;  // stable identifier for programs: "host-key"
  State state{};
  Message sentence;
  Message fix = {};         // a command to paste or a sentence; for `broken` and `warning` only; may be empty
  std::string detail = {};  // another program's output; may be hostile
};

using Findings = std::vector<Finding>;

}  // namespace mqtts::doctor
