// A target's result as test reports tell it: suites of cases, and nothing that went wrong is left out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/report.h"
#include "reports/translator.h"

namespace mqtts::reports {

// A check, or a trouble that belongs to none.
struct Case {
  std::string id;
  Verdict verdict{};
  double seconds = 0;
  std::string type;                    // of a failure or an error: "mqtt.accepted"
  std::string message;                 // one sentence; never empty
  std::string body;                    // what was expected and seen, how to mend it, the evidence; may be empty
  const CheckResult* check = nullptr;  // none: a trouble
};

struct Suite {
  std::string id;  // the stage's, or "harness"
  std::string title;
  std::string started;  // ISO 8601, UTC; may be empty
  double seconds = 0;
  std::vector<Case> cases;

  std::size_t count(Verdict verdict) const;
};

// A suite per stage, a case per check. What went wrong outside every check (a stage that was not judged, a broker that
// was not put back, a target of which nothing was judged, or that has no mark) is an `error` case: so there is always a
// case, and they do not all pass when the exit code is not 0. The result must outlive them.
std::vector<Suite> suites_of(const TargetResult& target, const Translator& tr);

// How many cases have that verdict.
std::size_t count(const std::vector<Suite>& suites, Verdict verdict);

// Is there a mark, or a score? Where there is none, it is not 0.
bool has_score(const TargetResult& target);

// Why there is none; empty if there is.
Message why_no_score(const TargetResult& target);

}  // namespace mqtts::reports
