// Merges several results files. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/model/report.h"

namespace mqtts::reports {

// A report and the name of its source for people.
struct Source {
  std::string name;
  Report report;
};

struct Merged {
  Report report;
  std::vector<Message> doubts;  // warnings for the reader: different plans, duplicate targets
};

// Each target once, at its first position: for a student (or a target name), prefers graded results, then the latest.
// Run metadata comes from the latest run, `started` from the earliest; a seed stays only if all are equal. The class
// summary is empty: recompute it. A single source stays as it is. Needs at least one source.
Merged merge(std::vector<Source> sources);

}  // namespace mqtts::reports
