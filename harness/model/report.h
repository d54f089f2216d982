// The result of a run: the single source of every report.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/grading.h"
#include "harness/model/observation.h"
#include "harness/model/severity.h"
#include "harness/model/topics.h"
#include "harness/model/traffic.h"
#include "harness/util/message.h"

namespace mqtts {

enum class Verdict {
  pass,
  fail,
  error,  // could not be judged: `message` says why
  skip,   // its prerequisite was not met: `message` says which
};

std::string_view to_string(Verdict);
std::optional<Verdict> verdict_from(std::string_view);

struct CheckResult {
  std::string id;
  LocalText title;
  LocalText hint;
  std::vector<std::string> lines = {};  // to paste, of the hint; those of a shell begin with "$ "
  std::string see;                      // the check whose mending mends this one, too, by its hint; empty: none
  std::vector<std::string> tags;
  Verdict verdict{};
  double seconds = 0;
  double points = 0;  // max_points for a pass that counts, else 0
  double max_points = 0;
  bool bonus = false;  // its points are extra: no stage's or target's max_points includes them
  Visibility visibility = Visibility::visible;
  FailureDetail detail = FailureDetail::full;
  std::string control;  // empty for a positive check
  std::string changed;  // the one factor that differs from its control
  std::vector<Expected> expected;
  std::optional<Observation> observed;       // none: nothing was observed
  Message message;                           // one sentence: the reason for the verdict
  Message withheld;                          // why a pass earned no points; else empty
  std::optional<Severity> severity = {};     // see CheckSpec::severity
  std::vector<std::string> references = {};  // names of documents that demand it
  std::optional<Capture> capture = {};       // its recorded traffic; none: it was not recorded
  bool operator==(const CheckResult&) const = default;
};

// Duration of a stage's phases, in seconds.
struct StageTiming {
  double minting = 0;   // wait for keys
  double transfer = 0;  // SSH file transfer
  double restart = 0;   // broker restart
  double probing = 0;
  bool operator==(const StageTiming&) const = default;
};

struct StageResult {
  std::string id;
  LocalText title;
  Verdict verdict{};
  double points = 0;  // sum over its checks, bonus included
  double max_points = 0;
  int hidden_checks = 0;  // number of checks that count but are removed from `checks`, as the reader may not see them
  double seconds = 0;
  std::string started;  // ISO 8601, UTC
  Message message;      // why it could not be applied; else empty
  std::string detail;   // the broker's own output about that; hostile text
  StageTiming timing;
  std::vector<CheckResult> checks;
  bool operator==(const StageResult&) const = default;
};

struct TargetResult {
  std::string name;
  std::string host;                   // "127.0.0.1"
  std::optional<std::string> broker;  // "mosquitto 2.0.11", as reported by its host; none: unknown
  Message broker_doubt;               // assumptions made because of its version; else empty
  Message clock_doubt{};              // clock difference of host and this machine; else empty
  Message not_restarted{};            // the broker may not know of its configuration's last change; else empty
  std::optional<bool> restored;       // none: nothing was changed (--observe)
  Message message;                    // why restoring failed, or why nothing was judged; else empty
  std::vector<std::string> by_hand;   // commands that restore it by hand, if restoring failed
  double score = 0;                   // the points of all stages minus the penalty; at least 0
  double max_score = 0;
  std::vector<StageResult> stages;

  // Only for audit:
  std::string grade{};                  // "A" to "F", see audit/letter_grade.h; empty: nothing could be judged
  std::vector<std::string> remedies{};  // ids of the most urgent failed checks, five at most
  Message broker_known_by{};            // what tells that `broker` is this one; empty: its host does
  int wrong_logins = 0;                 // that the checks have made at most
  std::optional<TopicsSeen> topics{};   // that could be read; none: nobody looked

  // Only for grade:
  std::optional<Student> student;
  std::string looked_at;                    // when the broker was observed, ISO 8601, UTC
  Message not_graded;                       // why it was not graded, which is not a score of 0; else empty
  double late_percent = 0;                  // share of the earned points
  double penalty = 0;                       // points deducted for lateness
  std::vector<Fingerprint> fingerprints{};  // fingerprints that no other student's broker should share
  int row = 0;                              // number of the student in the roster, from 1; 0: unknown

  // URL of the student's page relative to the report being written; empty: none. Not part of the result:
  // reports::write_reports() sets it.
  std::string page;

  // Number of the grading round that produced this result, from 1; 0: unknown. The round's random values derive from
  // it, so that a broker cannot predict a later round from an earlier one.
  int round = 0;
  bool operator==(const TargetResult&) const = default;
};

// Whose configuration was judged.
enum class Configuration {
  unknown,  // results of before this was told
  applied,  // the plan's own, applied by the harness
  as_it_stands
};
std::string_view to_string(Configuration);  // "applied", "as-found", "unknown"
std::optional<Configuration> configuration_from(std::string_view);

struct RunInfo {
  std::string id;
  std::string started;  // ISO 8601, UTC, "2026-11-22T15:17:23Z"
  double seconds = 0;
  std::string tool;  // "mqtts-harness 0.1.0"
  std::string plan;
  LocalText plan_title;
  std::string plan_sha256;
  std::string plan_file;             // path of the plan file as given; empty: unknown
  std::vector<std::string> command;  // without the program name
  int exit_code = 0;
  std::string seed;                      // seed of all random values, in hex; empty: the system's generator
  std::string due;                       // the plan's due date, ISO 8601, UTC; empty: none
  std::vector<std::string> selection{};  // "--stage=tls": the selected part of the plan; empty: all
  Configuration configuration{};
  bool operator==(const RunInfo&) const = default;
};

// One cause for which checks of several targets did not pass.
struct Cause {
  Message what;                         // the checks' message
  std::optional<Observation> observed;  // the observation without its target-specific parts
  std::vector<std::string> checks;      // ids, in the plan's order
  std::vector<std::string> targets;     // in the report's order
  bool operator==(const Cause&) const = default;
};

// Results that only a comparison of many targets shows.
struct ClassSummary {
  std::vector<Cause> causes;              // by number of targets, descending
  std::vector<SharedFingerprint> copies;  // ordered by kind
  bool operator==(const ClassSummary&) const = default;
};

struct Report {
  RunInfo run;
  std::vector<TargetResult> targets;
  std::optional<ClassSummary> summary;  // of a class; none: the targets are not students
  bool operator==(const Report&) const = default;
};

// True for the results of `audit`: graded by letter, in groups of checks that do not build on each other.
bool is_audit(const RunInfo& run);

// Order of severity: fail, error, pass, skip. A stage with one failed check has failed.
Verdict worst(Verdict a, Verdict b);

// The worst of their verdicts; skip if there are none.
Verdict verdict_of(const std::vector<CheckResult>& checks);

// Rounds to hundredths of a point.
double to_hundredths(double points);

// Sums up the points of the checks for each stage and for the target, minus its penalty.
void add_up(TargetResult& target);

// For a class, 0: every target was graded, whatever its score; 3: one was not. Otherwise 4: a target could not be
// restored; 1: a check failed; 3: a check was not judged (error, skip), and none failed; 0: every check passed.
int exit_code(const Report& report);

}  // namespace mqtts
