// The result of a run: the single source of every report.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/grading.h"
#include "harness/model/observation.h"
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
  std::vector<std::string> tags;
  Verdict verdict{};
  double seconds = 0;
  double points = 0;  // what it earned: max_points for a pass that counts, else 0
  double max_points = 0;
  bool bonus = false;  // its points come on top: they are in no stage's or target's max_points
  Visibility visibility = Visibility::visible;
  FailureDetail detail = FailureDetail::full;
  std::string control;  // empty for a positive check
  std::string changed;  // the one factor in which it differs from its control
  std::vector<Expected> expected;
  std::optional<Observation> observed;  // none: nothing was seen
  Message message;                      // one sentence: why this verdict
  Message withheld;                     // why a pass earned no points; else empty
  bool operator==(const CheckResult&) const = default;
};

// Where a stage's time went, in seconds.
struct StageTiming {
  double minting = 0;   // waited for keys
  double transfer = 0;  // SSH
  double restart = 0;   // the broker
  double probing = 0;
  bool operator==(const StageTiming&) const = default;
};

struct StageResult {
  std::string id;
  LocalText title;
  Verdict verdict{};
  double points = 0;  // of its checks, bonus included
  double max_points = 0;
  int hidden_checks = 0;  // checks that count and are not among `checks`, as the reader may not see them
  double seconds = 0;
  std::string started;  // ISO 8601, UTC
  Message message;      // why it could not be applied; else empty
  std::string detail;   // the broker's own words about it; hostile text
  StageTiming timing;
  std::vector<CheckResult> checks;
  bool operator==(const StageResult&) const = default;
};

struct TargetResult {
  std::string name;
  std::string host;                   // "127.0.0.1"
  std::optional<std::string> broker;  // "mosquitto 2.0.11", as its host says; none: not known
  Message broker_doubt;               // what was assumed because of its version; else empty
  Message clock_doubt{};              // by how much the host's clock is wrong, or ours; else empty
  std::optional<bool> restored;       // none: nothing was changed (--observe)
  Message message;                    // why restoring failed, or why nothing was judged; else empty
  std::vector<std::string> by_hand;   // commands that put it back, if restoring failed
  double score = 0;                   // the points of all stages, less the penalty; never below 0
  double max_score = 0;
  std::vector<StageResult> stages;

  // Only where a class is graded:
  std::optional<Student> student;
  std::string looked_at;              // when, ISO 8601, UTC
  Message not_graded;                 // why there is no mark, which is not a mark of 0; else empty
  double late_percent = 0;            // of what was earned
  double penalty = 0;                 // in points: what being late has cost
  std::vector<Fingerprint> traits{};  // what no other student's broker should have
  int row = 0;                        // which student of the roster it is, from 1; 0: not known

  // The student's own page, as a URL relative to the report being written; empty: there is none. No part of a result:
  // reports::write_reports() finds it.
  std::string page;

  // Where a class is graded: the how-manieth look at this broker in this class run it came from, from 1; 0: not known.
  // What is random in a look is drawn for its number, so that a broker cannot learn from one what the next will bring.
  int look = 0;
  bool operator==(const TargetResult&) const = default;
};

struct RunInfo {
  std::string id;
  std::string started;  // ISO 8601, UTC, "2026-11-22T15:17:23Z"
  double seconds = 0;
  std::string tool;  // "mqtts-harness 0.1.0"
  std::string plan;
  LocalText plan_title;
  std::string plan_sha256;
  std::string plan_file;             // the path that it was read from, as it was called; empty: not known
  std::vector<std::string> command;  // without the program's name
  int exit_code = 0;
  std::string seed;  // what all that was random has been drawn from, in hex; empty: the system's own generator
  std::string due;   // the plan's due date, ISO 8601, UTC; empty: none
  std::vector<std::string> selection{};  // "--stage=tls": which of the plan's checks were meant; empty: all
  bool operator==(const RunInfo&) const = default;
};

// One cause for which checks of several targets did not pass.
struct Cause {
  Message what;                         // the checks' own sentence
  std::optional<Observation> observed;  // what was seen, without what differs from target to target
  std::vector<std::string> checks;      // their ids, in the plan's order
  std::vector<std::string> targets;     // in the report's order
  bool operator==(const Cause&) const = default;
};

// What only shows when many targets are seen together.
struct ClassSummary {
  std::vector<Cause> causes;              // that of most targets first
  std::vector<SharedFingerprint> copies;  // in the order of kinds
  bool operator==(const ClassSummary&) const = default;
};

struct Report {
  RunInfo run;
  std::vector<TargetResult> targets;
  std::optional<ClassSummary> summary;  // of a class; none: these are no students
  bool operator==(const Report&) const = default;
};

// fail outranks error outranks pass outranks skip: a stage with one failed check has failed.
Verdict worst(Verdict a, Verdict b);

// The worst of their verdicts; skip if there are none.
Verdict verdict_of(const std::vector<CheckResult>& checks);

// To hundredths of a point, as people give them.
double to_hundredths(double points);

// Adds the points of the checks up: of each stage, and of the target, less its penalty.
void add_up(TargetResult& target);

// Of a class, 0: every target got a mark, however low; 3: one did not. Else
// 4: a target could not be put back; 1: a check failed; 3: something was not judged (error, skip), and nothing failed;
// 0: every check passed.
int exit_code(const Report& report);

}  // namespace mqtts
