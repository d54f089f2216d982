// One thing that doctor has looked at, and what came of it.
#pragma once

#include <string>
#include <vector>

#include "harness/util/message.h"

namespace mqtts::doctor {

enum class State {
  fine,
  warning,        // a run may go on as it is
  broken,         // needs mending
  unknown,        // it was asked, and could not be told
  not_looked_at,  // something before it failed
};

struct Finding {
  std::string id;  // stable, for programs: "host-key"
  State state{};
  Message sentence;
  Message fix = {};         // a command to paste or a sentence; broken and warning only, may be empty
  std::string detail = {};  // another program's own words; may be hostile
};

using Findings = std::vector<Finding>;

}  // namespace mqtts::doctor
