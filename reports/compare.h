// Compares two results. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/report.h"

namespace mqtts::reports {

enum class Change {
  improved,  // it passes now and did not before
  broke,     // it passed and does not now
  other,     // another change of verdict, or a check that was added or removed
};

struct CheckChange {
  std::string stage;
  std::string check;
  Change change{};
  std::optional<Verdict> before;  // none: the check was not there
  std::optional<Verdict> after;
  bool operator==(const CheckChange&) const = default;
};

struct TargetChange {
  std::string name;
  std::string student;  // the student's name; empty if there is no student
  bool was_there = true;
  bool is_there = true;
  std::optional<double> score_before;  // none: not graded
  std::optional<double> score_after;
  double max_score = 0;  // of `after`; of `before` if the target is missing there
  std::vector<CheckChange> checks;

  bool has_changed() const { return !checks.empty() || was_there != is_there || score_before != score_after; }
};

struct Comparison {
  bool same_plan = true;
  std::vector<TargetChange> targets;  // all, in the order of `after`, removed ones last
};

// Matches targets by name; two reports of one target each are compared whatever its name. A missing check that passed
// before is `broke` if the plan is the same or nothing of its target was judged; else the plan has removed it.
Comparison compare(const Report& before, const Report& after);

std::size_t count(const Comparison& comparison, Change change);

std::string_view to_string(Change change);  // "improved", "broke", "other"

}  // namespace mqtts::reports
