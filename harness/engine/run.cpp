#include "harness/engine/run.h"

#include <algorithm>

#include "harness/engine/marks.h"
#include "harness/engine/shuffle.h"
#include "harness/engine/stage.h"
#include "harness/model/utc.h"

namespace mqtts::engine {
namespace {

constexpr auto take_time = std::chrono::seconds(30);
constexpr auto apply_time = std::chrono::seconds(60);
constexpr auto restore_time = std::chrono::seconds(30);

Verdict verdict_of(const std::vector<CheckResult>& checks) {
  auto verdict = Verdict::skip;
  for (const auto& check : checks) verdict = worst(verdict, check.verdict);
  return verdict;
}

class TargetRun {
 public:
  TargetRun(const Plan& plan, World& world, const Options& options, const Deadline& deadline)
      : plan_(plan),
        world_(world),
        options_(options),
        deadline_(deadline),
        setups_(plan, world.base, world.materials, world.password_file) {}

  // Everything that the stages will change is kept on the host before the first change.
  Result<void> take_host() {
    world_.progress.waiting_for(msg("what stands on the host to be kept"));
    return world_.host->take(host_paths(plan_, wanted_stages()), deadline_.within(take_time));
  }

  void run_stages(TargetResult& target) {
    for (const auto* stage : shuffled(wanted_stages(), world_.seed, "stages")) {
      world_.progress.stage_started(*stage);
      target.stages.push_back(run_stage(*stage));
      world_.progress.stage_done(target.stages.back());
      if (options_.on_failure == OnFailure::stop && target.stages.back().verdict == Verdict::fail && blocked_.empty())
        blocked_ = msg("stopped at the first failure, in stage {stage}", {{"stage", stage->id}});
    }
    std::ranges::sort(target.stages, {}, [this](const StageResult& stage) {
      return std::ranges::find(plan_.stages, stage.id, &StageSpec::id) - plan_.stages.begin();
    });
  }

 private:
  std::vector<const StageSpec*> wanted_stages() const {
    std::vector<const StageSpec*> stages;
    for (const auto& stage : plan_.stages)
      if (options_.wants_stage(stage) && std::ranges::any_of(stage.checks, options_.wants_check))
        stages.push_back(&stage);
    return stages;
  }

  StageResult run_stage(const StageSpec& stage) {
    const auto start = Clock::now();
    StageResult result{.id = stage.id, .title = stage.title, .started = now_utc()};
    if (blocked_.empty() && deadline_.stopped()) blocked_ = msg("stopped before it was tried");
    if (!blocked_.empty()) {
      result.message = blocked_;
      judge_unrun(stage, result, Verdict::skip);
    } else if (const auto applied = options_.mode == Mode::apply ? apply(stage, result.timing) : Result<void>();
               !applied) {
      result.message = applied.error().what;
      result.detail = applied.error().detail;
      blocked_ = msg("stage {stage}, which it builds on, could not be applied", {{"stage", stage.id}});
      judge_unrun(stage, result, deadline_.stopped() ? Verdict::skip : Verdict::error);
    } else {
      const auto probing = Clock::now();
      result.checks = run_checks(plan_, stage, world_, options_, deadline_);
      result.timing.probing = seconds_since(probing);
    }
    result.verdict = verdict_of(result.checks);
    result.seconds = seconds_since(start);
    return result;
  }

  void judge_unrun(const StageSpec& stage, StageResult& result, Verdict verdict) {
    for (const auto& check : stage.checks) {
      if (!options_.wants_check(check)) continue;
      result.checks.push_back(unrun(check, verdict, result.message));
      world_.progress.check_done(result.checks.back());
    }
  }

  Result<void> apply(const StageSpec& stage, StageTiming& timing) {
    world_.progress.waiting_for(msg("keys and certificates"));
    const auto minting = Clock::now();
    const auto setup = setups_.make(stage);
    timing.minting = seconds_since(minting);
    if (!setup) return tl::make_unexpected(setup.error());

    world_.progress.waiting_for(msg("the broker to restart"));
    const auto applied = world_.host->apply(*setup, deadline_.within(apply_time));
    if (!applied) return tl::make_unexpected(applied.error());
    timing.transfer = applied->transfer_seconds;
    timing.restart = applied->restart_seconds;
    return {};
  }

  const Plan& plan_;
  World& world_;
  const Options& options_;
  const Deadline& deadline_;
  StageSetups setups_;
  Message blocked_;  // why the stages that are left are not run; empty: they are
};

// A later check that proves the listener of `check` to be rightly closed by now, and its stage.
const StageResult* closed_by(const Plan& plan, const TargetResult& target, const StageSpec& stage,
                             const CheckSpec& check) {
  for (auto later = std::next(std::ranges::find(plan.stages, stage.id, &StageSpec::id)); later != plan.stages.end();
       ++later) {
    const auto result = std::ranges::find(target.stages, later->id, &StageResult::id);
    if (result == target.stages.end()) continue;
    for (const auto& closing : later->checks) {
      const auto judged = std::ranges::find(result->checks, closing.id, &CheckResult::id);
      if (closing.changed == "listener" && closing.client.listener == check.client.listener &&
          judged != result->checks.end() && judged->verdict == Verdict::pass)
        return &*result;
    }
  }
  return nullptr;
}

// With --observe, a listener that a later stage has closed no longer lets anybody in. That is a pass once the later
// stage's own check has proven it closed.
void settle_superseded(const Plan& plan, TargetResult& target) {
  for (auto& stage : target.stages) {
    const auto& stage_spec = *std::ranges::find(plan.stages, stage.id, &StageSpec::id);
    for (auto& result : stage.checks) {
      if (result.verdict == Verdict::pass || !result.control.empty() || !result.observed) continue;
      if (result.observed->by != By::network) continue;
      const auto& check = *std::ranges::find(stage_spec.checks, result.id, &CheckSpec::id);
      const auto* later = closed_by(plan, target, stage_spec, check);
      if (later == nullptr) continue;
      result.verdict = Verdict::pass;
      result.points = result.max_points;
      result.observed->superseded_by = later->id;
      result.message = msg("closed by now, as stage {stage} demands and proves", {{"stage", later->id}});
    }
    stage.verdict = verdict_of(stage.checks);
  }
}

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    const auto end = std::min(text.find('\n', from), text.size());
    if (end > from) lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

void put_back(BrokerHost& host, Progress& progress, TargetResult& target) {
  progress.waiting_for(msg("the broker to be put back"));
  const auto restored = host.restore(Deadline::in(restore_time));
  target.restored = restored.has_value();
  if (restored) return;
  target.message = restored.error().what;
  target.by_hand = split_lines(restored.error().detail);
}

}  // namespace

Result<TargetResult> run_target(const Plan& plan, const std::string& target_name, World& world, const Options& options,
                                const Deadline& deadline) {
  TargetResult target{.name = target_name, .host = world.endpoint.name};
  TargetRun run(plan, world, options, deadline);
  if (options.mode == Mode::apply) {
    if (const auto taken = run.take_host(); !taken) {
      // Where no answer came, the host may be taken all the same: it is given free again, if that can be.
      (void)world.host->restore(Deadline::in(restore_time));
      return tl::make_unexpected(taken.error());
    }
  }
  run.run_stages(target);
  if (options.mode == Mode::observe) settle_superseded(plan, target);
  if (options.mode == Mode::apply && options.afterwards == Afterwards::put_back)
    put_back(*world.host, world.progress, target);
  add_up(target);
  return target;
}

}  // namespace mqtts::engine
