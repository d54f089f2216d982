// What changed from one result to another. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/report.h"

namespace mqtts::reports {

enum class Change {
  improved,  // it passes now, and did not
  broke,     // it passed, and does not any more
  other,     // another verdict, or a check that has appeared or vanished
};

struct CheckChange {
  std::string stage;
  std::string check;
  Change change{};
  std::optional<Verdict> before;  // none: it was not there
  std::optional<Verdict> after;
  bool operator==(const CheckChange&) const = default;
};

struct TargetChange {
  std::string name;
  std::string student;  // the student's name; empty if it is none's
  bool was_there = true;
  bool is_there = true;
  std::optional<double> score_before;  // none: no mark
  std::optional<double> score_after;
  double max_score = 0;  // now, or then if it is not there any more
  std::vector<CheckChange> checks;

  bool has_changed() const { return !checks.empty() || was_there != is_there || score_before != score_after; }
};

struct Comparison {
  bool same_plan = true;
  std::vector<TargetChange> targets;  // all, in the order of `after`, those that vanished last
};

// Targets are told apart by name; two reports of one target each are compared whatever its name. A check that passed
// and is gone has broken if the plan is the same or nothing of its target was judged; else the plan took it away.
Comparison compare(const Report& before, const Report& after);

std::size_t count(const Comparison& comparison, Change change);

std::string_view to_string(Change change);  // "improved", "broke", "other"

}  // namespace mqtts::reports
