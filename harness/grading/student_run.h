// Grades one student's broker and writes the result. Runs in a worker process.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "harness/engine/run.h"
#include "harness/grading/roster/roster.h"
#include "harness/model/plan.h"
#include "harness/model/report.h"
#include "harness/runner/pool.h"
#include "reports/translator.h"

namespace mqtts::grading {

// What all students of a class have in common.
struct GradingRun {
  Plan plan;   // not expanded
  Plan marks;  // the checks that are run, and their points: the whole plan or a part of it
  RunInfo run;
  std::filesystem::path folder;  // each student's results go into a subfolder named by the id
  Clock::duration probe_timeout;
  int repeat;                   // see engine::Options
  Clock::duration target_time;  // time limit for one target
  reports::Translator tr;
};

// How an earlier result of the same broker in the class's folder is used.
enum class PreviousRound {
  ignore,         // a resumed run: the student may have fixed the broker since
  keep_failures,  // a round of a moment ago: a protection that failed then has failed
};

// Probes the broker, grades it, and reports progress. None if stopped. Writes nothing. Safe from several threads.
std::optional<TargetResult> run_student(const GradingRun& grading_run, const RosterEntry& entry, PreviousRound earlier,
                                        Prober& prober, const StopFlag& stop, const runner::Tell& tell);

// Returns the number of the round after `earlier`, or of the first one.
int next_round(const std::optional<TargetResult>& earlier);

// A result without a score; `why` is the reason.
TargetResult ungraded(const RosterEntry& entry, int round, Message why);

// Writes a student's results.json and reports. ErrorKind::local.
Result<void> write_student(const GradingRun& grading_run, const TargetResult& target);

}  // namespace mqtts::grading
