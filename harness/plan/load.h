// Plan files: read, checked whole, and made into structs. Every problem is told at once.
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

// By variable's name; a name that the plan does not define is a problem.
using Overrides = std::map<std::string, std::string>;

struct Loaded {
  std::optional<Plan> plan;                // there if and only if there is no problem
  std::vector<json::Diagnostic> problems;  // by place, 100 at most
};

// `kinds`: the kinds of probe that the plan's checks may name (probes::kinds()).
Loaded load_plan(const std::string& path, const Overrides& overrides, ProbeKinds kinds);

// The same for a text in memory; `path` is only told.
Loaded parse_plan(std::string_view text, const std::string& path, const Overrides& overrides, ProbeKinds kinds);

}  // namespace mqtts::plan
