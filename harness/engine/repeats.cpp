#include "harness/engine/repeats.h"

#include <algorithm>
#include <future>

#include "harness/engine/cross_check.h"
#include "harness/engine/judge.h"
#include "harness/util/seeded_random.h"
#include "harness/util/shuffle.h"

namespace mqtts::engine {
namespace {

Message got_past_later() {
  return msg("refused when it was tried, but at another time it got past what should refuse it");
}

// For the first to come, as a broker that hangs costs enough as it is. Those who come again know that one answers, and
// wait as long as anybody: else who answers slowly would escape them.
constexpr auto wait_of_the_first = std::chrono::seconds(1);

// Our own probe, Paho, the other version of MQTT, and a forged issuer.
int connections_of_an_applied_stage(const CheckSpec& check) { return check.presents_another_certificate() ? 4 : 3; }

// Where our own side refuses, the broker has nothing to decide.
bool is_for_the_broker(const CheckSpec& check) {
  return check.is_negative() && !check.acts && check.changed != "trust" && check.changed != "mqtt";
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

// `ended`: what became of the connection after which it was not tried further; empty if there was none.
Message how_often_refused(int connections, const std::string& ended) {
  if (ended.empty()) return msg_n(connections, "refused in {count} connection", "refused in {count} connections");
  return msg_n(connections,
               "refused in {count} connection, and not tried further after one that ended otherwise: {ended}",
               "refused in {count} connections, and not tried further after one that ended otherwise: {ended}",
               {{"ended", ended}});
}

}  // namespace

std::optional<std::string> Repeats::another_account(const ClientSpec& client) const {
  std::vector<std::string> others;
  for (const auto& [name, unused] : plan_.materials.accounts)
    if (client.account && name != *client.account) others.push_back(name);
  if (others.empty()) return std::nullopt;
  return shuffled(std::move(others), environment_.seed, "another user").front();
}

Result<Attempt> Repeats::attempt_of(const Ask& how) const {
  const Endpoint endpoint{how.address.empty() ? environment_.endpoint.address : how.address,
                          environment_.endpoint.name};
  auto attempt = to_attempt(how.client, ProbeSpec{}, plan_, endpoint, environment_.materials);
  if (!attempt) return tl::make_unexpected(attempt.error());
  attempt->programs = how.programs;
  attempt->timeout = how.wait;
  attempt->expects_rejection = how.expects_rejection;
  attempt->client.connect_without_waiting = how.connect_without_waiting;
  attempt->client.requires_client_id = how.requires_client_id;
  attempt->client.at_most_tls_1_2 = how.at_most_tls_1_2;
  if (!how.imitated_certificate.empty())
    if (auto forged = environment_.materials.forged(*how.client.certificate, how.imitated_certificate))
      attempt->client.identity = *std::move(forged);
  randomize(*attempt, how.client, plan_, environment_.materials, environment_.seed, how.name, how.wrong);
  if (!how.check.empty()) record_traffic(*attempt, environment_, plan_, how.check, how.name);
  return attempt;
}

Seen Repeats::ask(const Ask& how) {
  if (deadline_.passed()) return failure(ErrorKind::timeout, msg("the run's deadline passed before it was tried"));
  const auto attempt = attempt_of(how);
  if (!attempt) return tl::make_unexpected(attempt.error());
  return environment_.prober.observe(*attempt, deadline_);
}

Seen Repeats::ask_expecting_rejection(const CheckSpec& check, Ask how, const Message& why) {
  how.name += " " + check.id;
  how.check = check.id;
  how.expects_rejection = true;
  auto seen = ask(how);
  if (seen && got_past(check, *seen))
    let_in_.emplace(check.id, LetIn{*seen, is_accepted(seen) ? why : got_past_later()});
  return seen;
}

void Repeats::before_stages() {
  const auto wait = std::min<Clock::duration>(options_.probe_timeout, wait_of_the_first);
  std::vector<Refusal> negatives;
  for (const auto& stage : plan_.stages)
    for (const auto& check : stage.checks)
      if (options_.wants_stage(stage) && options_.wants_check(check) && is_for_the_broker(check)) {
        const auto& control = control_of(stage, check);
        negatives.push_back({.stage = &stage,
                             .check = &check,
                             .control = &control,
                             .patch = escalations(plan_, stage, control).back()});
        // What keeps us out for a mistake of the broker's owner says nothing of whom the broker lets in.
        negatives.back().patch.aside.server_name = plan_.grading.carried_forward;
      }
  negatives = shuffled(std::move(negatives), environment_.seed, "first to come");
  const auto others = std::ranges::stable_partition(negatives, [](const Refusal& it) {
                        return expects_closed_listener(*it.check);
                      }).begin();
  bool silence = false;
  for (auto each = negatives.begin(); each != others; ++each)
    for (const auto& address : addresses()) {
      auto& tries = first_tries_[each->check->id];
      tries.push_back(try_port(*each, address, "first to come", wait));
      silence = silence || is_silent(tries.back());
    }
  if (others != negatives.end()) {
    const auto seen =
        ask_expecting_rejection(*others->check,
                                {.client = patched(others->check->client, others->patch, others->check->changed),
                                 .name = "first to come",
                                 .address = {},
                                 .connect_without_waiting = true,
                                 .wait = wait},
                                msg("refused when it was tried, but let in when it came before all others"));
    silence = silence || (seen && seen->outcome == Outcome::timeout);
    come_first_with_issued_certificate(*others, seen, wait);
  }
  if (silence) ask_all_ports_at_once();
  // What the broker has logged of these is not evidence of the next attempt.
  if (environment_.host != nullptr) (void)environment_.host->new_log_lines(deadline_.within(options_.probe_timeout));
}

void Repeats::come_first_with_issued_certificate(Refusal first, const Seen& seen, Clock::duration wait) {
  if (!plan_.grading.carried_forward) return;
  const auto client = patched(first.check->client, first.patch, first.check->changed);
  const auto aside = seen ? set_aside_too(first.patch.aside, plan_, client, {}, *seen)
                          : set_aside_too(first.patch.aside, seen.error());
  if (!aside || !aside->certificate) return;
  first.patch.aside = *aside;
  (void)ask_expecting_rejection(*first.check,
                                {.client = patched(first.check->client, first.patch, first.check->changed),
                                 .name = "first to come with another certificate",
                                 .address = {},
                                 .connect_without_waiting = true,
                                 .wait = wait},
                                msg("refused when it was tried, but let in when it came before all others"));
}

// A broker that hangs costs one time-out for all its ports then: RecordingProber remembers which of them stay silent.
void Repeats::ask_all_ports_at_once() {
  struct Asked {
    const CheckSpec* check;
    Attempt attempt;
  };
  std::map<std::pair<std::uint16_t, MqttVersion>, Asked> all;
  const auto add = [&](const CheckSpec& check, ClientSpec client) {
    auto attempt = attempt_of({.client = std::move(client),
                               .name = "at once with others " + check.id,
                               .address = {},
                               .expects_rejection = check.is_negative(),
                               .wait = options_.probe_timeout,
                               .check = check.id});
    if (attempt) all.emplace(std::pair(attempt->client.port, attempt->client.mqtt), Asked{&check, *attempt});
  };
  for (const auto& stage : plan_.stages) {
    for (const auto& check : stage.checks) {
      if (!options_.wants_stage(stage) || !options_.wants_check(check)) continue;
      if (!check.is_negative()) add(check, patched(check.client, escalations(plan_, stage, check).back()));
      if (!expects_closed_listener(check)) continue;
      // Which is tried in the other version, too.
      auto client = check.client;
      client.mqtt = other_than(client.mqtt);
      add(check, std::move(client));
    }
  }
  std::vector<std::pair<const CheckSpec*, std::future<Seen>>> seen;
  for (const auto& [hello, asked] : all)
    seen.emplace_back(asked.check, std::async(std::launch::async, [this, &attempt = asked.attempt] {
                        return environment_.prober.observe(attempt, deadline_);
                      }));
  for (auto& [check, future] : seen)
    if (const auto one = future.get(); one && check->is_negative() && got_past(*check, *one))
      let_in_.emplace(check->id, LetIn{*one, msg("refused when it was tried, but let in at another time")});
}

std::vector<std::string> Repeats::addresses() const {
  auto all = environment_.endpoint.other_addresses;
  all.insert(all.begin(), environment_.endpoint.address);
  return all;
}

// The control is asked only where TCP gets no answer: else it says nothing that is not known.
PortTry Repeats::try_port(const Refusal& refusal, const std::string& address, const std::string& name,
                          Clock::duration wait) {
  const auto& check = *refusal.check;
  const auto client = patched(check.client, refusal.patch, check.changed);
  PortTry made{address,
               ask_expecting_rejection(
                   check, {.client = client, .name = name + " at " + address, .address = address, .wait = wait},
                   msg("refused when it was tried, but let in at another time")),
               false};
  if (!is_filtered(made)) return made;
  const auto answered = ask({.client = patched(refusal.control->client, refusal.patch),
                             .name = name + " at " + address + " " + refusal.control->id,
                             .address = address,
                             .wait = wait,
                             .check = refusal.control->id});
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
      auto patch = applied_patch(plan_, spec, control, opened->second.opening);
      if (!patch) continue;
      patch->aside = opened->second.aside;
      refusals.push_back({.stage = &spec,
                          .check = &check,
                          .control = &control,
                          .result = &result,
                          .control_seen = &opened->second.opening,
                          .patch = *patch,
                          .required_client_id = opened->second.opening.required_client_id});
    }
  }
  return refusals;
}

// The control's certificate, where the check presents another one; else empty.
std::string Repeats::imitated_certificate(const Refusal& refusal) const {
  if (!refusal.check->presents_another_certificate()) return {};
  return patched(refusal.control->client, refusal.patch).certificate.value_or("");
}

// Seven connections, the check's own among them: as stated, by Paho, in the other version of MQTT and at once, with a
// guess at another user's password and at once, in the other version, with a guess and an id, over TLS 1.2; then over
// again without Paho.
Repeats::Variant Repeats::variant(const Refusal& refusal, int number) const {
  const auto& check = *refusal.check;
  const auto& seen = *refusal.result->observed;
  Variant made{.how = {.client = patched(check.client, refusal.patch, check.changed),
                       .name = "once more " + std::to_string(number),
                       .address = {},
                       .requires_client_id = refusal.required_client_id,
                       .wait = options_.probe_timeout},
               .why = msg("refused, but let in when it was tried again")};
  auto& how = made.how;
  const bool in_other_version = number % 6 == 2 || number % 6 == 4;
  const auto other = how.client.any_password && number % 6 == 3 ? another_account(how.client) : std::nullopt;
  if (number == 1 && !expects_closed_listener(check) && is_safe_for_paho(check, seen)) {
    how.programs = Programs::paho_only;
    made.why = msg("refused when our own probe said it, but let in when Paho did");
  } else if (in_other_version) {
    how.client.mqtt = other_than(how.client.mqtt);
    made.why = let_in_with(how.client.mqtt);
  } else if (other) {
    how.client.account = other;
    made.why = msg("refused, but {user} was let in with a wrong password", {{"user", *other}});
  } else if (number % 6 == 0 && seen.tls && seen.tls->version == "TLSv1.3") {
    how.at_most_tls_1_2 = true;
    made.why = msg("refused over TLS 1.3, but let in over TLS 1.2");
  }
  if (is_forged(number)) {
    how.imitated_certificate = imitated_certificate(refusal);
    if (!how.imitated_certificate.empty())
      made.why = msg("refused, but a certificate whose issuer only has the name of the trusted CA was let in");
  }
  how.connect_without_waiting = number % 6 == 2 || number % 6 == 3;
  how.requires_client_id = how.requires_client_id || number % 6 == 5;
  if (number % 6 == 3 || number % 6 == 5) how.wrong = Wrong::guessed;
  return made;
}

void Repeats::repeat_once(Refusal& refusal, int number) {
  refusal.is_cut_short = deadline_.passed();
  if (refusal.is_cut_short) return;
  const auto [how, why] = variant(refusal, number);
  const auto seen = ask_expecting_rejection(*refusal.check, how, why);
  refusal.is_cut_short = deadline_.passed() && (!seen || seen->outcome == Outcome::timeout);
  const bool may_lose_the_reason = how.connect_without_waiting || how.programs == Programs::paho_only;
  const bool is_refused = seen && is_refused_likewise(*seen, *refusal.result->observed, may_lose_the_reason);
  // A broker need not speak TLS 1.2.
  refusal.goes_on = is_refused || (seen && how.at_most_tls_1_2);
  // A broker that knows one version of MQTT only need not answer to the other.
  const bool is_stated_version = how.client.mqtt == refusal.check->client.mqtt && !how.at_most_tls_1_2;
  refusal.was_silent = is_stated_version && seen && seen->outcome == Outcome::timeout;
  if (is_refused)
    ++refusal.refused;
  else if (seen && !how.at_most_tls_1_2)
    refusal.ended = std::string(to_string(seen->outcome)) + " " + seen->reason;
}

// All but wrong logins first: those may lead to a ban. The repeats of one check follow each other, so that back ends
// that take turns are all met.
void Repeats::repeat(std::vector<Refusal> refusals, const ConnectionsOf& connections) {
  std::erase_if(refusals, [](const Refusal& it) {
    return it.result->verdict != Verdict::pass || it.result->observed->outcome == Outcome::timeout;
  });
  refusals = shuffled(std::move(refusals), environment_.seed, "once more");
  for (const bool wrong_logins : {false, true})
    for (auto& each : refusals)
      for (int number = 1; number < connections(*each.check) && each.goes_on; ++number)
        if (each.check->is_wrong_login() == wrong_logins) repeat_once(each, number);
  doubt_what_a_ban_may_have_refused(refusals);
  doubt_what_was_not_answered(refusals);
  repeat_at_other_addresses(refusals);
  doubt_what_was_cut_short(refusals);
  for (const auto& each : refusals)
    each.result->observed->evidence.push_back(note(how_often_refused(each.refused, each.ended)));
}

void Repeats::judge_port_again(const Refusal& refusal, const std::vector<PortTry>& tries) {
  ClosedListenerEvidence evidence{.opening_control = *refusal.control_seen,
                                  .closing_control = *refusal.control_seen,
                                  .tries = first_tries_[refusal.check->id],
                                  .port = plan_.listeners.at(refusal.check->client.listener).port};
  const bool was_open = std::ranges::any_of(evidence.tries, is_open);
  const bool may_be_filtered = environment_.host == nullptr && refusal.result->verdict == Verdict::error &&
                               std::ranges::any_of(tries, is_filtered);
  if (!was_open && !may_be_filtered) return;
  evidence.tries.insert(evidence.tries.end(), tries.begin(), tries.end());
  if (!was_open)
    for (const auto& address : addresses())
      evidence.tries.push_back(try_port(refusal, address, "last to come", options_.probe_timeout));
  const auto judgement = judge_closed_listener(*refusal.check, evidence);
  refusal.result->verdict = judgement.verdict;
  refusal.result->message = judgement.message;
  refusal.result->points = judgement.verdict == Verdict::pass ? refusal.result->max_points : 0;
  if (was_open) refusal.result->observed = *deciding_try(evidence.tries).seen;
}

// A ban, or a limit, refuses with the same code as a wrong password: the controls hold after the repeats, too, or what
// leans on them could not be repeated.
void Repeats::doubt_what_a_ban_may_have_refused(std::vector<Refusal>& refusals) {
  std::map<std::string, bool> is_let_in_again;
  for (auto& each : refusals) {
    const bool was_repeated = each.refused > 1 || !each.goes_on;
    if (!each.check->is_wrong_login() || !was_repeated) continue;
    const auto& id = each.control->id;
    if (!is_let_in_again.contains(id)) is_let_in_again[id] = control_is_let_in(each);
    if (is_let_in_again[id]) continue;
    if (deadline_.passed()) {
      each.is_cut_short = true;
      continue;
    }
    each.result->verdict = Verdict::error;
    each.result->points = 0;
    each.result->message = msg(
        "refused, but {control} was not let in after the refusal was repeated: the broker may limit or ban clients; "
        "--repeat 1 asks once only",
        {{"control", id}});
  }
}

// Who is let in late is let in all the same.
void Repeats::doubt_what_was_not_answered(const std::vector<Refusal>& refusals) {
  for (const auto& each : refusals) {
    if (!each.was_silent || each.result->verdict != Verdict::pass) continue;
    each.result->verdict = Verdict::error;
    each.result->points = 0;
    each.result->message = msg(
        "refused, but not answered in time when it was tried again: it may have been let in; --timeout waits longer");
  }
}

// A refusal that a signal or the deadline has kept from being repeated may be one of chance.
void Repeats::doubt_what_was_cut_short(const std::vector<Refusal>& refusals) {
  for (const auto& each : refusals) {
    if (each.is_cut_short) cut_short_.insert(each.check->id);
    if (!each.is_cut_short || each.result->verdict != Verdict::pass || let_in_.contains(each.check->id)) continue;
    each.result->verdict = Verdict::error;
    each.result->points = 0;
    each.result->message = deadline_.stopped()
                               ? msg("refused, but stopped by a signal before the refusal was repeated")
                               : msg("refused, but the run's deadline passed before the refusal was repeated");
  }
}

// Not asked again after a pause: a ban that is over by then has refused what was repeated all the same.
bool Repeats::control_is_let_in(const Refusal& refusal) {
  return is_let_in(ask({.client = patched(refusal.control->client, refusal.patch),
                        .name = "after the repeats " + refusal.control->id,
                        .address = {},
                        .requires_client_id = refusal.required_client_id,
                        .wait = options_.probe_timeout,
                        .check = refusal.control->id}));
}

// What its own check's attempt was refused at the first address may be let in at another. Those where nobody answers
// are asked once.
void Repeats::repeat_at_other_addresses(std::vector<Refusal>& refusals) {
  for (const auto& address : environment_.endpoint.other_addresses) {
    const auto wait = std::min<Clock::duration>(options_.probe_timeout, wait_of_the_first);
    for (auto& each : refusals) {
      if (expects_closed_listener(*each.check)) continue;
      if (deadline_.passed()) {
        each.is_cut_short = true;
        continue;
      }
      const auto seen = ask_expecting_rejection(*each.check,
                                                {.client = patched(each.check->client, each.patch, each.check->changed),
                                                 .name = "once more at " + address,
                                                 .address = address,
                                                 .requires_client_id = each.required_client_id,
                                                 .wait = wait},
                                                msg("refused at {address}, but let in at {other}",
                                                    {{"address", environment_.endpoint.address}, {"other", address}}));
      each.is_cut_short = each.is_cut_short || (!seen && deadline_.passed());
      if (!seen || !was_answered(*seen)) break;
    }
  }
}

void Repeats::fail(CheckResult& check, Message why) {
  check.verdict = Verdict::fail;
  check.points = 0;
  check.message = std::move(why);
}

// To be let in proves nothing beside who was let in and should not have been.
void Repeats::fail_where_let_in(std::vector<StageResult>& stages) const {
  for (auto& stage : stages) {
    const auto& spec = *std::ranges::find(plan_.stages, stage.id, &StageSpec::id);
    for (auto& check : stage.checks) {
      if (check.verdict != Verdict::pass) continue;
      if (const auto found = let_in_.find(check.id); found != let_in_.end()) {
        fail(check, found->second.why);
        check.observed = found->second.seen;
        continue;
      }
      const auto& proofs = std::ranges::find(spec.checks, check.id, &CheckSpec::id)->proven_by;
      const auto refuted = std::ranges::find_if(proofs, [this](const std::string& id) { return let_in_.contains(id); });
      if (refuted != proofs.end())
        fail(check, msg("let in, but so was {witness}: the broker does not look", {{"witness", *refuted}}));
      const auto open = std::ranges::find_if(proofs, [this](const std::string& id) { return cut_short_.contains(id); });
      if (check.verdict == Verdict::pass && open != proofs.end()) {
        check.verdict = Verdict::error;
        check.points = 0;
        check.message = msg("let in, but stopped before {witness} was repeated, which shows that the broker looks",
                            {{"witness", *open}});
      }
    }
    stage.verdict = verdict_of(stage.checks);
  }
}

void Repeats::after_stages(TargetResult& target, const SeenBesides& seen) {
  const auto refusals = refusals_of(target.stages, seen);
  repeat(refusals, [this](const CheckSpec& check) {
    const bool is_counted = check.is_wrong_login() && check.changed != "account";
    const int most = is_counted ? std::min(options_.repeat, options_.repeat_wrong_logins) : options_.repeat;
    return check.presents_another_certificate() ? 2 * most : most;
  });
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
