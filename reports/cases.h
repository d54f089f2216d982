// A target's result as suites of cases, for test reports; no error is left out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/report.h"
#include "reports/translator.h"

namespace mqtts::reports {

// A check, or an error outside every check.
struct Case {
  std::string id;
  Verdict verdict{};
  double seconds = 0;
  std::string type;                    // of a fail or an error: "mqtt.accepted"
  std::string message;                 // one sentence; never empty
  std::string body;                    // expected and observed values, the hint, the evidence; may be empty
  const CheckResult* check = nullptr;  // none: an error outside every check
};

struct Suite {
  std::string id;  // the stage's id, or "harness"
  std::string title;
  std::string started;  // ISO 8601, UTC; may be empty
  double seconds = 0;
  std::vector<Case> cases;

  std::size_t count(Verdict verdict) const;
};

// One suite for each stage, one case for each check. Each error outside every check (a stage that was not judged, a
// broker that was not restored, a target that was not judged or not graded) is an `error` case: so there is always a
// case, and not all pass unless the exit code is 0. `target` must outlive the result.
std::vector<Suite> suites_of(const TargetResult& target, const Translator& tr);

// Returns the number of cases with that verdict.
std::size_t count(const std::vector<Suite>& suites, Verdict verdict);

// Returns true if there is a score; a missing score is not 0.
bool has_score(const TargetResult& target);

// Returns why there is no score; empty if there is one.
Message why_no_score(const TargetResult& target);

}  // namespace mqtts::reports
