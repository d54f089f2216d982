// Describes expectations, observations and verdicts for people. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/model/next_step.h"
#include "harness/model/observation.h"
#include "harness/model/report.h"
#include "reports/translator.h"

namespace mqtts::reports {

// "refused by the broker at MQTT: not_authorized (5)". Leaves out `superseded_by` and `evidence`.
Message describe(const Observation& seen);

// "refused by the peer's TLS alert: certificate_required / handshake_failure"
Message describe(const Expected& wanted);

// Alternatives: "nothing listens there or no answer in time". Empty if there are none.
std::string describe(const std::vector<Expected>& wanted, const Translator& tr);

// "the plan's own configuration, applied by the harness", "the broker as it stands"; empty if that is not known.
Message describe(Severity severity);
Message describe(Configuration configuration);

// What was set aside, for a mistake that another check answers for: "the server's name was not compared". Empty if
// nothing was.
std::string set_aside(const Observation& seen, const Translator& tr);

// What may be assumed wrongly about this target. A restart that is the next step is told there.
std::vector<Message> doubts_about(const TargetResult& target);

// "the same SSH host key"
Message describe_copy(FingerprintKind kind);

// What the next step is about, in one or two sentences; empty if nobody may see it.
std::string advice_text(const Advice& advice, const Translator& tr);

// The text of a piece of evidence: another program's words, or our own.
std::string evidence_text(const Evidence& evidence, const Translator& tr);

// What the letter of an audit says, see harness/audit/letter_grade.h. `TargetResult::grade` is not empty.
Message meaning_of_grade(const TargetResult& target);

// Checks that were skipped for one and the same reason.
struct NotMade {
  std::string reason;
  std::vector<std::string> checks;  // their ids
};

// In the order of the report.
std::vector<NotMade> not_made(const TargetResult& target, const Translator& tr);

// "pass", "fail", "error", "skip"
Message describe(Verdict verdict);

}  // namespace mqtts::reports
