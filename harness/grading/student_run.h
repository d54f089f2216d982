// One student's broker: looked at, marked, and on disk. Runs in a worker process.
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
  Plan marks;  // what is looked at, and what it is worth: the whole plan, or a part of it
  RunInfo run;
  std::filesystem::path folder;  // each student's results go into a folder of it, named by the id
  Clock::duration probe_timeout;
  int repeat;                   // see engine::Options
  Clock::duration target_time;  // what one target may cost
  reports::Translator tr;
};

// What an earlier look at the same broker, whose result is in the class's folder, is to this one.
enum class PreviousRound {
  ignore,         // a resumed run: the student may have mended the broker since
  keep_failures,  // made a moment ago: a protection that failed then does not hold, whatever it does now
};

// Looks at the broker, gives the mark, and tells on the way what it is at. None if it was stopped. Writes nothing. Safe
// from several threads.
std::optional<TargetResult> run_student(const GradingRun& grading_run, const RosterEntry& entry, PreviousRound earlier,
                                        Prober& prober, const StopFlag& stop, const runner::Tell& tell);

// The number of the look that comes after that result, or of the first one.
int next_round(const std::optional<TargetResult>& earlier);

// A result without one: why there is no mark.
TargetResult ungraded(const RosterEntry& entry, int look, Message why);

// Writes a student's results.json and reports. ErrorKind::local.
Result<void> write_student(const GradingRun& grading_run, const TargetResult& target);

}  // namespace mqtts::grading
