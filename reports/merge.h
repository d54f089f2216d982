// Several results files as one. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/model/report.h"

namespace mqtts::reports {

// A report, and how a person calls where it comes from.
struct Source {
  std::string name;
  Report report;
};

struct Merged {
  Report report;
  std::vector<Message> doubts;  // what a reader should know: other plans, targets that were there twice
};

// All targets, each once, where it was first met: of a student (or of a target of that name) the later look wins, but
// none without a mark over one that has one. Of
// the runs the latest one speaks, and the first to start says when; a seed stays only if all had the same. The class
// summary is none: it is to be made anew. A single source stays as it is. There must be at least one.
Merged merge(std::vector<Source> sources);

}  // namespace mqtts::reports
