#include "harness/engine/repeats.h"

#include <algorithm>

#include "harness/engine/judge.h"
#include "harness/engine/settle.h"
#include "harness/engine/shuffle.h"
#include "harness/model/seed.h"

namespace mqtts::engine {
namespace {

// For the first to come, as a broker that hangs costs enough as it is. Those who come again know that one answers, and
// wait as long as anybody: else who answers slowly would escape them.
constexpr auto wait_of_the_first = std::chrono::seconds(2);

// Our own probe, Paho, and the other version of MQTT.
constexpr int connections_of_an_applied_stage = 3;

// Where our own side refuses, the broker has nothing to decide.
bool is_for_the_broker(const CheckSpec& check) {
  return check.is_negative() && check.changed != "trust" && check.changed != "mqtt";
}

bool is_wrong_login(const CheckSpec& check) {
  return check.changed == "account" || check.changed == "password" || check.changed == "user_name";
}

const CheckSpec& control_of(const StageSpec& stage, const CheckSpec& check) {
  return *std::ranges::find(stage.checks, check.control, &CheckSpec::id);
}

MqttVersion other_than(MqttVersion version) {
  return version == MqttVersion::v5_0 ? MqttVersion::v3_1_1 : MqttVersion::v5_0;
}

Message let_in_with(MqttVersion version) {
  return version == MqttVersion::v5_0 ? msg("refused in MQTT 3.1.1, but let in when it spoke MQTT 5.0")
                                      : msg("refused in MQTT 5.0, but let in when it spoke MQTT 3.1.1");
}

// Paho reads memory that is not there when a CONNACK of MQTT 5 has no properties (see probes/agreement.h).
bool is_safe_for_paho(const CheckSpec& check, const Observation& refused) {
  return check.client.mqtt == MqttVersion::v3_1_1 || refused.by != By::mqtt || refused.code.value_or(0) >= 0x80;
}

// Paho does not see why it does not get in, and who speaks at once may lose the alert that says so.
bool is_refused_likewise(const Observation& seen, const Observation& before, bool may_lose_the_reason) {
  if (may_lose_the_reason && seen.outcome == Outcome::closed) return true;
  return seen.outcome == before.outcome && seen.by == before.by;
}

}  // namespace

std::optional<std::string> Repeats::another_account(const ClientSpec& client) const {
  std::vector<std::string> others;
  for (const auto& [name, unused] : plan_.materials.accounts)
    if (client.account && name != *client.account) others.push_back(name);
  if (others.empty()) return std::nullopt;
  return shuffled(std::move(others), world_.seed, "another user").front();
}

Seen Repeats::ask(const Ask& how) {
  if (deadline_.passed()) return failure(ErrorKind::timeout, msg("the run's deadline passed before it was tried"));
  const Endpoint endpoint{how.address.empty() ? world_.endpoint.address : how.address, world_.endpoint.name};
  auto attempt = to_attempt(how.client, ConnectAction{}, plan_, endpoint, world_.materials);
  if (!attempt) return tl::make_unexpected(attempt.error());
  attempt->programs = how.programs;
  attempt->timeout = how.wait;
  attempt->unwelcome = how.is_unwelcome;
  attempt->client.speaks_at_once = how.speaks_at_once;
  attempt->client.must_be_named = how.must_be_named;
  make_unforeseeable(*attempt, how.client, plan_, world_.materials, world_.seed, how.name);
  return world_.prober.observe(*attempt, deadline_);
}

Seen Repeats::ask_unwelcome(const CheckSpec& check, Ask how, const Message& why) {
  how.name += " " + check.id;
  how.is_unwelcome = true;
  auto seen = ask(how);
  if (is_accepted(seen)) let_in_.emplace(check.id, LetIn{*seen, why});
  return seen;
}

void Repeats::before_stages() {
  const auto wait = std::min<Clock::duration>(options_.probe_timeout, wait_of_the_first);
  std::vector<Refusal> negatives;
  for (const auto& stage : plan_.stages)
    for (const auto& check : stage.checks)
      if (options_.wants_stage(stage) && options_.wants_check(check) && is_for_the_broker(check)) {
        const auto& control = control_of(stage, check);
        negatives.push_back(
            {.stage = &stage, .check = &check, .control = &control, .dress = wardrobe(plan_, stage, control).back()});
      }
  negatives = shuffled(std::move(negatives), world_.seed, "first to come");
  const auto others = std::ranges::stable_partition(negatives, [](const Refusal& it) {
                        return expects_closed_listener(*it.check);
                      }).begin();
  for (auto each = negatives.begin(); each != others; ++each)
    for (const auto& address : addresses())
      first_tries_[each->check->id].push_back(try_port(*each, address, "first to come", wait));
  if (others != negatives.end())
    (void)ask_unwelcome(*others->check,
                        {.client = dressed(others->check->client, others->dress, others->check->changed),
                         .name = "first to come",
                         .address = {},
                         .speaks_at_once = true,
                         .wait = wait},
                        msg("refused when it was tried, but let in when it came before all others"));
  // What the broker has logged of these is not evidence of the next attempt.
  if (world_.host != nullptr) (void)world_.host->new_log_lines(deadline_.within(options_.probe_timeout));
}

std::vector<std::string> Repeats::addresses() const {
  auto all = world_.endpoint.other_addresses;
  all.insert(all.begin(), world_.endpoint.address);
  return all;
}

// The control is asked only where TCP gets no answer: else it says nothing that is not known.
PortTry Repeats::try_port(const Refusal& refusal, const std::string& address, const std::string& name,
                          Clock::duration wait) {
  const auto& check = *refusal.check;
  const auto client = dressed(check.client, refusal.dress, check.changed);
  PortTry made{
      address,
      ask_unwelcome(check, {.client = client, .name = name + " at " + address, .address = address, .wait = wait},
                    msg("refused when it was tried, but let in at another time")),
      false};
  if (!is_filtered(made)) return made;
  const auto answered = ask({.client = dressed(refusal.control->client, refusal.dress),
                             .name = name + " at " + address + " " + refusal.control->id,
                             .address = address,
                             .wait = wait});
  made.control_answered = answered && was_answered(*answered);
  return made;
}

std::vector<Repeats::Refusal> Repeats::refusals_of(std::vector<StageResult>& stages, const SeenBesides& seen) const {
  std::vector<Refusal> refusals;
  for (auto& stage : stages) {
    const auto& spec = *std::ranges::find(plan_.stages, stage.id, &StageSpec::id);
    for (auto& result : stage.checks) {
      const auto& check = *std::ranges::find(spec.checks, result.id, &CheckSpec::id);
      if (!is_for_the_broker(check) || !result.observed) continue;
      const auto& control = control_of(spec, check);
      const auto opened = seen.controls.find(control.id);
      if (opened == seen.controls.end()) continue;
      const auto dress = dress_of(plan_, spec, control, opened->second);
      if (!dress) continue;
      refusals.push_back({.stage = &spec,
                          .check = &check,
                          .control = &control,
                          .result = &result,
                          .control_seen = &opened->second,
                          .dress = *dress,
                          .was_named = opened->second.was_named});
    }
  }
  return refusals;
}

void Repeats::repeat_once(Refusal& refusal, int number) {
  const auto& check = *refusal.check;
  auto client = dressed(check.client, refusal.dress, check.changed);
  auto why = msg("refused, but let in when it was tried again");
  auto programs = Programs::probe_only;
  if (number == 1 && !expects_closed_listener(check) && is_safe_for_paho(check, *refusal.result->observed)) {
    programs = Programs::paho_only;
    why = msg("refused when our own probe said it, but let in when Paho did");
  } else if (number % 2 == 0) {
    client.mqtt = other_than(client.mqtt);
    why = let_in_with(client.mqtt);
  } else if (const auto other = client.any_password && number == 3 ? another_account(client) : std::nullopt) {
    client.account = other;
    why = msg("refused, but {user} was let in with a wrong password", {{"user", *other}});
  }
  const bool at_once = number % 4 >= 2;
  const auto seen = ask_unwelcome(check,
                                  {.client = client,
                                   .name = "once more " + std::to_string(number),
                                   .address = {},
                                   .programs = programs,
                                   .speaks_at_once = at_once,
                                   .must_be_named = refusal.was_named,
                                   .wait = options_.probe_timeout},
                                  why);
  refusal.goes_on =
      seen && is_refused_likewise(*seen, *refusal.result->observed, at_once || programs == Programs::paho_only);
  if (refusal.goes_on)
    ++refusal.refused;
  else if (seen)
    refusal.ended = std::string(to_string(seen->outcome)) + " " + seen->reason;
}

// All but wrong logins first: those may lead to a ban. The repeats of one check follow each other, so that back ends
// that take turns are all met.
void Repeats::repeat(std::vector<Refusal> refusals, int connections) {
  std::erase_if(refusals, [](const Refusal& it) {
    return it.result->verdict != Verdict::pass || it.result->observed->outcome == Outcome::timeout;
  });
  refusals = shuffled(std::move(refusals), world_.seed, "once more");
  for (const bool wrong_logins : {false, true})
    for (auto& each : refusals)
      for (int number = 1; number < connections && each.goes_on; ++number)
        if (is_wrong_login(*each.check) == wrong_logins) repeat_once(each, number);
  for (const auto& each : refusals) {
    std::string text = "refused in " + std::to_string(each.refused) + " connections";
    if (!each.ended.empty()) text += ", and not tried further after one that ended otherwise: " + each.ended;
    each.result->observed->evidence.push_back({"note", std::move(text)});
  }
}

void Repeats::judge_port_again(const Refusal& refusal, const std::vector<PortTry>& tries) {
  const bool all_is_known =
      world_.host != nullptr || refusal.result->verdict != Verdict::error || std::ranges::none_of(tries, is_filtered);
  if (all_is_known) return;
  ClosedListenerEvidence evidence{.opening_control = *refusal.control_seen,
                                  .closing_control = *refusal.control_seen,
                                  .tries = first_tries_[refusal.check->id],
                                  .port = plan_.listeners.at(refusal.check->client.listener).port};
  evidence.tries.insert(evidence.tries.end(), tries.begin(), tries.end());
  for (const auto& address : addresses())
    evidence.tries.push_back(try_port(refusal, address, "last to come", options_.probe_timeout));
  const auto judgement = judge_closed_listener(*refusal.check, evidence);
  refusal.result->verdict = judgement.verdict;
  refusal.result->message = judgement.message;
  refusal.result->points = judgement.verdict == Verdict::pass ? refusal.result->max_points : 0;
}

void Repeats::fail_where_let_in(std::vector<StageResult>& stages) const {
  for (auto& stage : stages) {
    for (auto& check : stage.checks) {
      const auto found = let_in_.find(check.id);
      if (found == let_in_.end() || check.verdict != Verdict::pass) continue;
      check.verdict = Verdict::fail;
      check.points = 0;
      check.message = found->second.why;
      check.observed = found->second.seen;
    }
    stage.verdict = verdict_of(stage.checks);
  }
}

void Repeats::after_stages(TargetResult& target, const SeenBesides& seen) {
  const auto refusals = refusals_of(target.stages, seen);
  repeat(refusals, options_.repeat);
  for (const auto& each : refusals)
    if (const auto of_check = seen.port_tries.find(each.check->id); of_check != seen.port_tries.end())
      judge_port_again(each, of_check->second);
  fail_where_let_in(target.stages);
}

void Repeats::after_stage(StageResult& stage, const SeenBesides& seen) {
  std::vector<StageResult> stages{std::move(stage)};
  repeat(refusals_of(stages, seen), connections_of_an_applied_stage);
  fail_where_let_in(stages);
  stage = std::move(stages.front());
}

}  // namespace mqtts::engine
