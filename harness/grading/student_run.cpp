#include "harness/grading/student_run.h"

#include <algorithm>

#include "harness/grading/class_folder.h"
#include "harness/grading/marks.h"
#include "harness/grading/student_view.h"
#include "harness/runner/target_runner.h"
#include "harness/util/private_folder.h"
#include "harness/util/seeded_random.h"
#include "harness/util/utc.h"
#include "reports/formats.h"

namespace mqtts::grading {
namespace {

// Reports the current stage, for the board, also before each attempt, for the pool. One attempt at a time.
class Telling : public Progress, public Prober {
 public:
  Telling(const runner::Tell& tell, Prober& prober) : tell_(tell), prober_(prober) {}
  void waiting_for(const Message&) override {}
  void probing(const StageSpec& stage) override {
    stage_ = stage.id;
    tell_(stage_);
  }
  void stage_started(const StageSpec&) override {}
  void check_done(const CheckResult&) override {}
  void stage_done(const StageResult&) override {}

  Result<Observation> observe(const Attempt& attempt, const Deadline& deadline) override {
    tell_(stage_);
    return prober_.observe(attempt, deadline);
  }

 private:
  const runner::Tell& tell_;
  Prober& prober_;
  std::string stage_;
};

bool has_check(const Plan& plan, const CheckSpec& check) {
  return std::ranges::any_of(plan.stages, [&](const StageSpec& stage) {
    return std::ranges::find(stage.checks, check.id, &CheckSpec::id) != stage.checks.end();
  });
}

// The first round's texts depend on the seed and the student alone; a later round uses others, as the broker has seen
// the earlier ones.
std::string seed_of(const GradingRun& grading_run, const Student& student, int round) {
  const auto seed = derive(grading_run.run.seed, student.id);
  return round == 1 ? seed : derive(seed, "look " + std::to_string(round));
}

runner::TargetRunnerOptions options_for(const GradingRun& grading_run, const Student& student, int round) {
  return {.engine = {.mode = engine::Mode::observe,
                     .probe_timeout = grading_run.probe_timeout,
                     .repeat = grading_run.repeat,
                     .silent_after = 1,  // a further round follows
                     .wants_check = [&](const CheckSpec& check) { return has_check(grading_run.marks, check); }},
          .seed = seed_of(grading_run, student, round),
          .kept_in = "materials",  // the folder is handed on
          .report_folder = grading_run.folder / student.id,
          .doubt = [](const Error&) {}};
}

Result<TargetResult> observe_round(const GradingRun& grading_run, const RosterEntry& entry, int round, Prober& prober,
                                   const Deadline& deadline, const runner::Tell& tell) {
  const auto folder = PrivateFolder::make();
  if (!folder) return tl::make_unexpected(folder.error());
  Telling telling(tell, prober);
  runner::TargetRunner run(options_for(grading_run, entry.student, round), grading_run.plan, entry.target,
                           folder->path(), deadline);
  return run.go(telling, telling);
}

}  // namespace

TargetResult ungraded(const RosterEntry& entry, int round, Message why) {
  return {.name = entry.student.id,
          .host = entry.target.mqtt.host,
          .message = std::move(why),
          .student = entry.student,
          .looked_at = now_utc(),
          .row = entry.row,
          .round = round};
}

int next_round(const std::optional<TargetResult>& earlier) { return earlier ? std::max(1, earlier->round) + 1 : 1; }

std::optional<TargetResult> run_student(const GradingRun& grading_run, const RosterEntry& entry, PreviousRound earlier,
                                        Prober& prober, const StopFlag& stop, const runner::Tell& tell) {
  const auto looked_at = now_utc();
  const auto before = result_in(grading_run.folder, entry.student, grading_run.run);
  const int round = next_round(before);
  const auto deadline = Deadline::in(grading_run.target_time, &stop);
  auto looked = observe_round(grading_run, entry, round, prober, deadline, tell);
  if (deadline.stopped()) return std::nullopt;
  auto result = looked ? *std::move(looked) : ungraded(entry, round, looked.error().what);
  result.student = entry.student;
  result.row = entry.row;
  result.looked_at = looked_at;
  result.round = round;
  if (before && earlier == PreviousRound::keep_failures) keep_failures(result, *before);
  mark(result, grading_run.marks);
  return result;
}

Result<void> write_student(const GradingRun& grading_run, const TargetResult& target) {
  Report report{.run = grading_run.run, .targets = {target}};
  report.run.exit_code = exit_code(report);
  const auto folder = grading_run.folder / target.name;
  auto for_students = grading::for_students(report, now_utc());
  return reports::write_reports({report, for_students}, grading_run.tr,
                                {{"json", std::nullopt}, {"html", std::nullopt}}, folder)
      .map([](const auto&) {});
}

}  // namespace mqtts::grading
