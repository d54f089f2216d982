#include "harness/cli/grade/student_run.h"

#include <algorithm>

#include "harness/cli/private_folder.h"
#include "harness/cli/target_run.h"
#include "harness/engine/disclosure.h"
#include "harness/engine/marks.h"
#include "harness/model/seed.h"
#include "harness/model/utc.h"
#include "reports/formats.h"

namespace mqtts::cli {
namespace {

// Tells which stage it is at, for the board; and again before each attempt, for the pool. One attempt at a time.
class Telling : public Progress, public Prober {
 public:
  Telling(const Tell& tell, Prober& prober) : tell_(tell), prober_(prober) {}
  void waiting_for(const Message&) override {}
  void stage_started(const StageSpec& stage) override {
    stage_ = stage.id;
    tell_(stage_);
  }
  void check_done(const CheckResult&) override {}
  void stage_done(const StageResult&) override {}

  Result<Observation> observe(const Attempt& attempt, const Deadline& deadline) override {
    tell_(stage_);
    return prober_.observe(attempt, deadline);
  }

 private:
  const Tell& tell_;
  Prober& prober_;
  std::string stage_;
};

bool has_check(const Plan& plan, const CheckSpec& check) {
  return std::ranges::any_of(plan.stages, [&](const StageSpec& stage) {
    return std::ranges::find(stage.checks, check.id, &CheckSpec::id) != stage.checks.end();
  });
}

TargetRunOptions options_for(const ClassRun& a_class, const Student& student) {
  return {.engine = {.mode = engine::Mode::observe,
                     .pace = engine::Pace::one_at_a_time,
                     .probe_timeout = a_class.probe_timeout,
                     .wants_check = [&](const CheckSpec& check) { return has_check(a_class.marks, check); }},
          .seed = derive(a_class.run.seed, student.id),
          .doubt = [](const Error&) {}};
}

Result<TargetResult> look_at(const ClassRun& a_class, const plan::RosterEntry& entry, Prober& prober,
                             const Deadline& deadline, const Tell& tell) {
  const auto folder = PrivateFolder::make();
  if (!folder) return tl::make_unexpected(folder.error());
  Telling telling(tell, prober);
  TargetRun run(options_for(a_class, entry.student), a_class.plan, entry.target, folder->path(), deadline);
  return run.go(telling, telling);
}

}  // namespace

TargetResult unmarked(const plan::RosterEntry& entry, Message why) {
  return {.name = entry.student.id,
          .host = entry.target.mqtt.host,
          .message = std::move(why),
          .student = entry.student,
          .looked_at = now_utc(),
          .row = entry.row};
}

std::optional<TargetResult> run_student(const ClassRun& a_class, const plan::RosterEntry& entry, Prober& prober,
                                        const StopFlag& stop, const Tell& tell) {
  const auto looked_at = now_utc();
  const auto deadline = Deadline::in(a_class.target_time, &stop);
  auto looked = look_at(a_class, entry, prober, deadline, tell);
  if (deadline.stopped()) return std::nullopt;
  auto result = looked ? *std::move(looked) : unmarked(entry, looked.error().what);
  result.student = entry.student;
  result.row = entry.row;
  result.looked_at = looked_at;
  engine::mark(result, a_class.marks);
  return result;
}

Result<void> write_student(const ClassRun& a_class, const TargetResult& target) {
  Report report{.run = a_class.run, .targets = {target}};
  report.run.exit_code = exit_code(report);
  const auto folder = a_class.folder / target.name;
  auto for_students = engine::for_students(report, now_utc());
  return reports::write_reports({report, for_students}, a_class.words, {{"json", std::nullopt}, {"html", std::nullopt}},
                                folder)
      .map([](const auto&) {});
}

}  // namespace mqtts::cli
