// Loads plan files: reads, checks and converts them. Reports every problem at once.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/diagnostic.h"
#include "harness/model/plan.h"
#include "harness/model/probe_kind.h"

namespace mqtts::plan {

// By variable name; a name that the plan does not define is a problem.
using Overrides = std::map<std::string, std::string>;

struct Loaded {
  std::optional<Plan> plan;                // set if and only if there is no problem
  std::vector<json::Diagnostic> problems;  // by place, at most 100
};

// `kinds`: the kinds of probe that the plan's checks may name (probes::kinds()).
Loaded load_plan(const std::string& path, const Overrides& overrides, ProbeKinds kinds);

// The same for a text in memory; `path` is only used in messages.
Loaded parse_plan(std::string_view text, const std::string& path, const Overrides& overrides, ProbeKinds kinds);

}  // namespace mqtts::plan
