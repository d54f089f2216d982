#include "harness/engine/run.h"

#include <algorithm>

#include "harness/engine/cross_check.h"
#include "harness/engine/judge.h"
#include "harness/engine/recording_prober.h"
#include "harness/engine/repeats.h"
#include "harness/engine/stage.h"
#include "harness/engine/waiting.h"
#include "harness/model/result_of.h"
#include "harness/util/shuffle.h"
#include "harness/util/utc.h"

namespace mqtts::engine {
namespace {

constexpr auto take_time = std::chrono::seconds(30);
constexpr auto apply_time = std::chrono::seconds(60);
constexpr auto keep_time = std::chrono::seconds(10);
constexpr auto restore_time = std::chrono::seconds(30);

class StageSequence {
 public:
  StageSequence(const Plan& plan, const Environment& environment, const Options& options, const Deadline& deadline)
      : plan_(plan),
        prober_(environment.prober, options.mode == Mode::observe
                                        ? std::optional(SilenceLimit{options.silent_after, options.probe_timeout})
                                        : std::nullopt),
        environment_{environment.endpoint, environment.materials, prober_,
                     environment.host,     environment.progress,  environment.broker_files,
                     environment.base,     environment.seed,      environment.recorder},
        options_(options),
        deadline_(deadline),
        setups_(plan, environment.base, environment.materials, environment.broker_files),
        repeats_(plan, environment_, options, deadline),
        waiting_(plan, environment_, options, deadline) {}

  // Everything that the stages will change is kept on the host before the first change.
  Result<void> acquire_host() {
    environment_.progress.waiting_for(msg("what stands on the host to be kept"));
    return environment_.host->acquire(host_paths(plan_, wanted_stages()), deadline_.within(take_time));
  }

  void run_stages(TargetResult& target) {
    const bool compares = options_.mode == Mode::observe && options_.stages == Stages::build_on_each_other;
    if (compares) repeats_.before_stages();
    waiting_.begin();
    auto stages = shuffled(wanted_stages(), environment_.seed, "stages");
    std::ranges::stable_partition(stages, [this](const StageSpec* it) { return !waiting_.holds_any_of(*it); });
    for (const auto* stage : stages) {
      environment_.progress.probing(*stage);
      if (options_.mode == Mode::apply) environment_.progress.stage_started(*stage);
      target.stages.push_back(run_stage(*stage));
      if (options_.mode == Mode::apply) announce(target.stages.back());
      if (options_.on_failure == OnFailure::stop && target.stages.back().verdict == Verdict::fail && blocked_.empty())
        blocked_ = msg("stopped at the first failure, in stage {stage}", {{"stage", stage->id}});
    }
    std::ranges::sort(target.stages, {}, [this](const StageResult& stage) {
      return std::ranges::find(plan_.stages, stage.id, &StageSpec::id) - plan_.stages.begin();
    });
    if (options_.mode == Mode::observe) repeats_.after_stages(target, seen_);
    if (compares) cross_check(plan_, environment_, prober_, options_, deadline_, target);
    if (options_.mode == Mode::observe) {
      for (const auto& stage : target.stages) {
        environment_.progress.stage_started(*std::ranges::find(plan_.stages, stage.id, &StageSpec::id));
        announce(stage);
      }
    }
  }

 private:
  // Once nothing can change the verdicts any more: observing, another stage's checks bear on them.
  void announce(const StageResult& stage) {
    for (const auto& check : stage.checks) environment_.progress.check_done(check);
    environment_.progress.stage_done(stage);
  }

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
    if (blocked_.empty() && deadline_.stopped()) blocked_ = not_tried().message;
    if (!blocked_.empty()) {
      result.message = blocked_;
      judge_unrun(stage, result, Verdict::skip);
    } else if (const auto applied = options_.mode == Mode::apply ? apply(stage, result.timing) : Result<void>();
               !applied) {
      const bool is_stopped = deadline_.stopped() && applied.error().kind != ErrorKind::broker_down;
      result.message = is_stopped ? not_tried().message : applied.error().what;
      if (!is_stopped) result.detail = applied.error().detail;
      blocked_ = is_stopped ? not_tried().message
                            : msg("stage {stage}, which it builds on, could not be applied", {{"stage", stage.id}});
      judge_unrun(stage, result, is_stopped ? Verdict::skip : Verdict::error);
    } else {
      const auto probing = Clock::now();
      auto checks = run_checks(plan_, stage, environment_, options_, deadline_, waiting_);
      result.checks = std::move(checks.results);
      if (options_.mode == Mode::apply) repeats_.after_stage(result, checks.seen);
      seen_.controls.merge(checks.seen.controls);
      seen_.port_tries.merge(checks.seen.port_tries);
      result.timing.probing = seconds_since(probing);
    }
    result.verdict = verdict_of(result.checks);
    result.seconds = seconds_since(start);
    return result;
  }

  void judge_unrun(const StageSpec& stage, StageResult& result, Verdict verdict) {
    for (const auto& check : stage.checks) {
      if (!options_.wants_check(check)) continue;
      result.checks.push_back(result_of(check, verdict, result.message));
    }
  }

  Result<void> apply(const StageSpec& stage, StageTiming& timing) {
    environment_.progress.waiting_for(msg("keys and certificates"));
    const auto minting = Clock::now();
    const auto setup = setups_.make(stage);
    timing.minting = seconds_since(minting);
    if (!setup) return tl::make_unexpected(setup.error());

    environment_.progress.waiting_for(msg("the broker to restart"));
    const auto applied = environment_.host->apply(*setup, deadline_.within(apply_time));
    if (!applied) return tl::make_unexpected(applied.error());
    timing.transfer = applied->transfer_seconds;
    timing.restart = applied->restart_seconds;
    return {};
  }

  const Plan& plan_;
  RecordingProber prober_;
  Environment environment_;  // the caller's, but for the prober
  const Options& options_;
  const Deadline& deadline_;
  StageSetups setups_;
  Repeats repeats_;
  Waiting waiting_;
  SeenBesides seen_;
  Message blocked_;  // why the stages that are left are not run; empty: they are
};

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    const auto end = std::min(text.find('\n', from), text.size());
    if (end > from) lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

void name_captures(TargetResult& target, TrafficRecorder* recorder) {
  if (recorder == nullptr) return;
  for (auto& stage : target.stages)
    for (auto& check : stage.checks) check.capture = recorder->capture_of(stage.id, check.id);
}

bool says_a_password_in_clear(const Client& client) { return client.password && !client.tls; }

void put_back(BrokerHost& host, Progress& progress, TargetResult& target) {
  progress.waiting_for(msg("the broker to be put back"));
  const auto restored = host.restore(Deadline::in(restore_time));
  target.restored = restored.has_value();
  if (restored) return;
  target.message = restored.error().what;
  target.by_hand = split_lines(restored.error().detail);
}

}  // namespace

void record_traffic(Attempt& attempt, const Environment& environment, const Plan& plan, const std::string& check,
                    const std::string& name) {
  if (environment.recorder == nullptr) return;
  const auto stage = std::ranges::find_if(plan.stages, [&](const StageSpec& it) {
    return std::ranges::find(it.checks, check, &CheckSpec::id) != it.checks.end();
  });
  if (stage == plan.stages.end()) return;
  // A kind that guesses passwords may guess a right one.
  const bool is_secret =
      says_a_password_in_clear(attempt.client) ||
      std::ranges::any_of(attempt.others, [](const auto& it) { return says_a_password_in_clear(it.second); }) ||
      (!attempt.client.tls && attempt.kind != "connect" && attempt.kind != "deliver");
  attempt.client.traffic =
      environment.recorder->attempt(stage->id, check, name, is_secret ? Secrets::inside : Secrets::none);
  for (auto& [role, other] : attempt.others) other.traffic = attempt.client.traffic;
}

Result<TargetResult> run_target(const Plan& plan, const std::string& target_name, Environment& environment,
                                const Options& options, const Deadline& deadline) {
  TargetResult target{.name = target_name, .host = environment.endpoint.name};
  StageSequence run(plan, environment, options, deadline);
  if (options.mode == Mode::apply) {
    if (const auto taken = run.acquire_host(); !taken) {
      // Where no answer came, the host may be taken all the same: it is given free again, if that can be.
      (void)environment.host->restore(Deadline::in(restore_time));
      return tl::make_unexpected(taken.error());
    }
  }
  run.run_stages(target);
  name_captures(target, environment.recorder);
  if (options.mode == Mode::apply && options.afterwards == Afterwards::put_back)
    put_back(*environment.host, environment.progress, target);
  // Without the note, the host is said to have been left by an interruption, and can be put back all the same.
  if (options.mode == Mode::apply && options.afterwards == Afterwards::keep)
    (void)environment.host->keep(Deadline::in(keep_time));
  add_up(target);
  return target;
}

}  // namespace mqtts::engine
