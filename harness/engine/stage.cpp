#include "harness/engine/stage.h"

#include <algorithm>
#include <map>

#include "harness/engine/attempts.h"
#include "harness/engine/closed_listener.h"
#include "harness/engine/judge.h"
#include "harness/model/result_of.h"
#include "harness/util/shuffle.h"

namespace mqtts::engine {
namespace {

// A control's opening, and what its client had to bring besides to be let in, if it was.
struct Opening {
  Attempted attempted;
  ClientPatch patch;
  std::optional<Observation> turned_away;  // before that, where what is demanded besides cannot be given
};

// For a port whose control got no answer, and for other addresses than the control's.
constexpr auto wait_where_none_answers = std::chrono::seconds(2);

// A client that is turned away with an answer may be let in once it brings what a later stage demands; one that
// nobody answers may not.
bool was_turned_away(const Seen& seen) {
  return seen && (seen->outcome == Outcome::closed ||
                  (seen->outcome == Outcome::refused && (seen->by == By::mqtt || seen->by == By::tls_peer)));
}

constexpr int tries_of_a_denial = 3;
constexpr std::size_t most_unsettled = 8;  // connections that stay open beside the others

class StageRun {
 public:
  StageRun(const Plan& plan, const StageSpec& stage, Environment& environment, const Options& options,
           const Deadline& deadline, Waiting& waiting)
      : plan_(plan),
        stage_(stage),
        environment_(environment),
        options_(options),
        deadline_(deadline),
        waiting_(waiting),
        attempts_(plan, environment, options, deadline) {
    for (const auto& check : stage.checks) by_id_[check.id] = &check;
    std::vector<const CheckSpec*> checks;
    for (const auto& check : stage.checks) checks.push_back(&check);
    shuffled_checks_ = shuffled(std::move(checks), environment.seed, "checks of " + stage.id);
  }

  StageChecks run() {
    open_controls();
    attempt_negatives();
    close_controls();
    auto results = judge_all();
    SeenBesides besides{.controls = {}, .port_tries = std::move(port_tries_)};
    for (const auto& [id, opening] : controls_before_)
      if (opening.attempted.seen && layer_of(*opening.attempted.seen) > Layer::network &&
          (!controls_after_.contains(id) || holds_again(opening, controls_after_.at(id).seen)))
        besides.controls.emplace(id, HeldControl{*opening.attempted.seen, opening.patch.aside});
    return {std::move(results), std::move(besides)};
  }

 private:
  bool wanted(const CheckSpec& check) const { return options_.wants_check(check); }

  // A negative check that is not wanted itself is tried all the same where a wanted one is proven by it.
  bool is_tried(const CheckSpec& negative) const {
    return wanted(negative) || std::ranges::any_of(stage_.checks, [&](const CheckSpec& it) {
             return wanted(it) && std::ranges::find(it.proven_by, negative.id) != it.proven_by.end();
           });
  }

  bool is_control(const CheckSpec& control) const {
    return std::ranges::any_of(stage_.checks,
                               [&](const CheckSpec& it) { return it.control == control.id && is_tried(it); });
  }

  bool is_control_of_one_that_acts(const CheckSpec& control) const {
    return std::ranges::any_of(
        stage_.checks, [&](const CheckSpec& it) { return it.acts && it.control == control.id && is_tried(it); });
  }

  void open_controls() {
    for (const auto* check : shuffled_checks_) {
      if (check->is_negative() || !(wanted(*check) || is_control(*check))) continue;
      environment_.progress.waiting_for(msg("{check}", {{"check", check->id}}));
      open(*check);
    }
  }

  // With --observe, sets aside what another check answers for, as often as that gets the client further: for itself
  // only as long as it does not answer for any of it, for those that lean on it whatever it is.
  void open(const CheckSpec& check) {
    auto own = open(check, {});
    auto leant_on = own;
    bool answers = false;
    while (options_.mode == Mode::observe && plan_.grading.carried_forward && !is_enough(check, leant_on)) {
      const auto aside = set_aside_too(check, leant_on);
      if (!aside || !are_judged(answering_for(plan_, *aside))) break;
      auto without = open(check, *aside);
      if (!without.attempted.seen || !got_further(without.attempted.seen, leant_on.attempted.seen)) break;
      without.attempted.seen->set_aside = words_of(*aside);
      leant_on = std::move(without);
      const auto answering = answering_for(plan_, *aside);
      answers = answers || std::ranges::find(answering, &check) != answering.end();
      if (!answers) own = leant_on;
    }
    if (own.patch.aside != leant_on.patch.aside) strict_.emplace(check.id, std::move(own));
    controls_before_.emplace(check.id, std::move(leant_on));
  }

  std::optional<SetAside> set_aside_too(const CheckSpec& check, const Opening& opening) const {
    const auto& seen = opening.attempted.seen;
    if (seen)
      return engine::set_aside_too(opening.patch.aside, plan_, patched(check.client, opening.patch),
                                   patched(check.probe, check.client, opening.patch), *seen);
    return engine::set_aside_too(opening.patch.aside, seen.error());
  }

  static bool got_further(const Seen& now, const Seen& before) {
    return now && (!before || layer_of(*now) > layer_of(*before));
  }

  // What is set aside must cost somebody: each of these checks is asked for in this run.
  bool are_judged(const std::vector<const CheckSpec*>& checks) const {
    return std::ranges::all_of(checks, [this](const CheckSpec* check) {
      const auto holds_it = [check](const StageSpec& stage) {
        return std::ranges::any_of(stage.checks, [check](const CheckSpec& it) { return &it == check; });
      };
      return wanted(*check) && options_.wants_stage(*std::ranges::find_if(plan_.stages, holds_it));
    });
  }

  // True if nothing more can be asked of this opening: neither by the check itself, nor by those that lean on it.
  bool is_enough(const CheckSpec& check, const Opening& opening) const {
    const auto& seen = opening.attempted.seen;
    if (!seen) return false;
    if (wanted(check) && !is_allowed(check, *seen)) return false;
    return std::ranges::none_of(stage_.checks, [&](const CheckSpec& it) {
      return it.control == check.id && is_tried(it) && !reaches(seen, it);
    });
  }

  // Its own, with nothing set aside that it answers for.
  const Opening& own_opening(const std::string& id) const {
    const auto strict = strict_.find(id);
    return strict == strict_.end() ? controls_before_.at(id) : strict->second;
  }

  // With --observe, tries what a later stage demands when the client as stated is turned away for the lack of it. The
  // last attempt decides: it brings all that the broker has asked for. One that has got further, and far enough for its
  // check, stands.
  Opening open(const CheckSpec& check, const SetAside& aside) {
    const ClientPatch as_stated{.certificate = {}, .account = {}, .demanded_by = {}, .aside = aside};
    if (aside.empty())
      if (auto seen = waiting_.seen_by(check)) return {*std::move(seen), as_stated, {}};
    const auto suffix = aside.empty() ? std::string() : " with something set aside";
    Opening latest{attempts_.of(check, check.id + suffix, patched(check.client, as_stated),
                                patched(check.probe, check.client, as_stated)),
                   as_stated,
                   {}};
    if (options_.mode == Mode::apply || options_.stages == Stages::are_groups) return latest;
    ClientPatch applied;
    auto furthest = latest;
    for (auto& patch : escalations(plan_, stage_, check)) {
      if (patch.demanded_by.empty() || !asks_for(patch, applied, latest.attempted.seen)) continue;
      patch.aside = aside;
      auto attempted = attempts_.of(check, check.id + " for " + patch.demanded_by + suffix,
                                    patched(check.client, patch), patched(check.probe, check.client, patch));
      attempted.seconds += latest.attempted.seconds;
      // What it demands we do not have: then nothing can be said of the check, and least of all that the client was
      // turned away.
      if (!attempted.seen && is_enough(check, furthest)) return furthest;
      if (!attempted.seen) return {std::move(attempted), {}, *latest.attempted.seen};
      applied = patch;
      const bool got_further = !latest.attempted.seen || layer_of(*attempted.seen) > layer_of(*latest.attempted.seen);
      latest = {std::move(attempted), patch, {}};
      if (got_further) latest.attempted.seen->superseded_by = patch.demanded_by;
      if (is_let_in(latest.attempted.seen)) return latest;
      if (layer_of(*latest.attempted.seen) >= layer_of(*furthest.attempted.seen)) furthest = latest;
    }
    const bool furthest_is_enough = furthest.attempted.seen && is_allowed(check, *furthest.attempted.seen);
    return furthest_is_enough ? furthest : latest;
  }

  // True if `answer` is what a broker says to a client that lacks what `patch` adds to `applied`. Where no check of the
  // plan tells what that is, any answer may be it.
  bool asks_for(const ClientPatch& patch, const ClientPatch& applied, const Seen& answer) const {
    if (!was_turned_away(answer)) return false;
    const auto proofs = checks_requiring(plan_, stage_, patch, applied);
    return proofs.empty() || std::ranges::any_of(proofs, [&](const auto* it) { return is_allowed(*it, *answer); });
  }

  // One at a time: the broker's log does not say whom it refuses, and a broker may limit connections. Wrong logins come
  // last, as they may lead to a ban.
  void attempt_negatives() {
    auto negatives = shuffled_checks_;
    std::erase_if(negatives, [this](const CheckSpec* it) { return !it->is_negative() || !is_tried(*it); });
    std::ranges::stable_partition(negatives, [](const CheckSpec* it) { return !it->is_wrong_login(); });
    for (const auto* check : negatives) {
      const auto& control = controls_before_.at(check->control);
      if (const auto* same = asked_already(*check)) {
        negatives_.emplace(check->id, *same);
      } else if (expects_closed_listener(*check)) {
        environment_.progress.waiting_for(msg("{check}", {{"check", check->id}}));
        port_tries_.emplace(check->id, try_port(*check, control));
      } else if (is_tried_without_control(*check, control)) {
        environment_.progress.waiting_for(msg("{check}", {{"check", check->id}}));
        negatives_.emplace(check->id, attempts_.expecting_rejection(*check, check->id, check->client,
                                                                    environment_.endpoint, options_.probe_timeout));
      } else if (check->acts && reaches(control.attempted.seen, *check)) {
        environment_.progress.waiting_for(msg("{check}", {{"check", check->id}}));
        negatives_.emplace(check->id, act(*check, control));
        settle_all_but(most_unsettled);
      } else if (reaches(control.attempted.seen, *check)) {
        environment_.progress.waiting_for(msg("{check}", {{"check", check->id}}));
        const auto client = patched(check->client, control.patch, check->changed);
        negatives_.emplace(check->id, marked(attempts_.expecting_rejection(
                                                 *check, check->id, client, environment_.endpoint,
                                                 options_.probe_timeout, control.attempted.seen->required_client_id),
                                             control.patch.aside));
      }
    }
    settle_all_but(0);
  }

  // Denials whose messages may still come, together: each has a connection of its own. Where the broker has ended one for
  // the sake of the next, each is made again and waited for alone.
  void settle_all_but(std::size_t most) {
    std::vector<std::string> open;
    for (const auto& [id, attempted] : negatives_)
      if (attempted.seen && attempted.seen->late) open.push_back(id);
    if (open.size() <= (one_at_a_time_ ? 0 : most)) return;
    for (const auto& id : open)
      if (settle(*negatives_.at(id).seen) == Late::unclear && !deadline_.passed()) {
        one_at_a_time_ = true;
        const auto& check = *by_id_.at(id);
        auto again = act(check, controls_before_.at(check.control));
        if (again.seen) static_cast<void>(settle(*again.seen));
        negatives_.insert_or_assign(id, std::move(again));
      }
  }

  // What is denied once is asked again: a balancer may have a broker without the list behind it. One connection in
  // between, so that those of the next try do not go the way of this one's, where it takes turns. The first try that is
  // not denied decides.
  Attempted act(const CheckSpec& check, const Opening& control) {
    const auto client = patched(check.client, control.patch, check.changed);
    const auto probe = patched(check.probe, check.client, control.patch);
    auto latest = attempts_.of(check, check.id, client, probe);
    for (int more = 1; more < tries_of_a_denial && is_denied(latest) && !deadline_.passed(); ++more) {
      static_cast<void>(attempts_.expecting_rejection(check, check.id + " between " + std::to_string(more), client,
                                                      environment_.endpoint, options_.probe_timeout));
      auto again = attempts_.of(check, check.id + " again " + std::to_string(more), client, probe);
      again.seconds += latest.seconds;
      latest = std::move(again);
    }
    return marked(std::move(latest), control.patch.aside);
  }

  static bool is_denied(const Attempted& attempted) {
    return attempted.seen && attempted.seen->outcome == Outcome::denied;
  }

  // An earlier check's attempt that differs from the control in the same way: a broker may count wrong logins.
  const Attempted* asked_already(const CheckSpec& check) const {
    for (const auto& [id, attempted] : negatives_) {
      const auto& other = *by_id_.at(id);
      auto client = other.client;
      if (client.any_user_name) client.user_name = check.client.user_name;
      if (client.any_password) client.password = check.client.password;
      if (other.control == check.control && other.changed == check.changed && client == check.client &&
          other.probe == check.probe)
        return &attempted;
    }
    return nullptr;
  }

  // Where nobody has given what the control needs, a client that needs none of it may get in all the same.
  bool is_tried_without_control(const CheckSpec& check, const Opening& control) const {
    const auto& seen = control.attempted.seen;
    return !check.acts && !seen && seen.error().kind == ErrorKind::missing_material &&
           options_.tries_without_control(check);
  }

  // True if the plan has it signed by another CA than the control's.
  bool is_of_another_ca(const CheckSpec& check) const {
    const auto& control = *by_id_.at(check.control);
    if (!check.presents_another_certificate() || !control.client.certificate) return false;
    const auto issuer_of = [&](const std::string& certificate) {
      const auto found = plan_.materials.certificates.find(certificate);
      return found == plan_.materials.certificates.end() ? std::string() : found->second.issuer;
    };
    return issuer_of(*check.client.certificate) != issuer_of(*control.client.certificate);
  }

  static Attempted marked(Attempted attempted, const SetAside& aside) {
    if (attempted.seen) attempted.seen->set_aside = words_of(aside);
    return attempted;
  }

  // Every address of the broker's name; at those besides the control's own, its client is tried beside where TCP is not
  // plainly refused.
  std::vector<PortTry> try_port(const CheckSpec& check, const Opening& control) {
    const auto client = patched(check.client, control.patch, check.changed);
    const bool control_answers = reaches(control.attempted.seen, check);
    // Where the control got no answer, none is waited for as long again.
    const auto patience = control_answers ? options_.probe_timeout
                                          : std::min<Clock::duration>(options_.probe_timeout, wait_where_none_answers);
    std::vector<PortTry> tries{
        {environment_.endpoint.address,
         attempts_.expecting_rejection(check, check.id, client, environment_.endpoint, patience).seen,
         control_answers}};
    for (const auto& address : environment_.endpoint.other_addresses) {
      const Endpoint there{address, environment_.endpoint.name};
      const auto wait = std::min<Clock::duration>(options_.probe_timeout, wait_where_none_answers);
      PortTry other{address,
                    attempts_.expecting_rejection(check, check.id + " at " + address, client, there, wait).seen, false};
      if (!is_refused_by_tcp(other.seen))
        other.control_answered = reaches(attempt_control_at(there, check, control, wait), check);
      tries.push_back(std::move(other));
    }
    // Who takes connections and does not speak this version of MQTT may speak the other.
    auto in_other_version = client;
    in_other_version.mqtt = client.mqtt == MqttVersion::v5_0 ? MqttVersion::v3_1_1 : MqttVersion::v5_0;
    for (auto& each : tries) {
      if (!is_silent(each)) continue;
      PortTry other{each.address,
                    attempts_
                        .expecting_rejection(check, check.id + " in the other version", in_other_version,
                                             {each.address, environment_.endpoint.name}, wait_where_none_answers)
                        .seen,
                    each.control_answered};
      if (is_open(other)) each = std::move(other);
    }
    return tries;
  }

  static bool is_refused_by_tcp(const Seen& seen) {
    return seen && seen->by == By::network && seen->reason == "connection_refused";
  }

  Seen attempt_control_at(const Endpoint& endpoint, const CheckSpec& check, const Opening& opening,
                          Clock::duration wait) {
    const auto& control = *by_id_.at(check.control);
    auto attempt =
        to_attempt(patched(control.client, opening.patch), ProbeSpec{}, plan_, endpoint, environment_.materials);
    if (!attempt) return tl::make_unexpected(attempt.error());
    attempt->programs = Programs::probe_only;
    attempt->timeout = wait;
    randomize(*attempt, control.client, plan_, environment_.materials, environment_.seed,
              control.id + " at " + endpoint.address);
    record_traffic(*attempt, environment_, plan_, control.id, control.id + " at " + endpoint.address);
    return environment_.prober.observe(*attempt, deadline_);
  }

  // True if a check that is tried leans on this control, which got as far as that one needs.
  bool carries_any(const CheckSpec& control, const Opening& opening) const {
    return std::ranges::any_of(stage_.checks, [&](const CheckSpec& it) {
      return it.control == control.id && is_tried(it) && reaches(opening.attempted.seen, it);
    });
  }

  static bool holds_again(const Opening& opening, const Seen& closing, Layer most = Layer::mqtt) {
    return closing && engine::holds_again(*opening.attempted.seen, *closing, most);
  }

  void close_controls() {
    for (const auto& [id, opening] : controls_before_)
      if (carries_any(*by_id_.at(id), opening)) controls_after_.emplace(id, close(*by_id_.at(id), opening));
  }

  // Where a check that acts leans on it, it acts again, as far as it did; else it only connects, by our own probe
  // alone: that both clients are treated alike was seen at the opening.
  Attempted close(const CheckSpec& check, const Opening& opening) {
    const bool acts = is_control_of_one_that_acts(check) && layer_of(*opening.attempted.seen) == Layer::action;
    const auto client = patched(check.client, opening.patch);
    const auto probe = acts ? patched(check.probe, check.client, opening.patch) : ProbeSpec{};
    const auto programs = acts ? Programs::both : Programs::probe_only;
    auto closing = attempts_.of(check, check.id + " again", client, probe, Log::leave, programs);
    for (const auto& pause_before : options_.pauses) {
      if (holds_again(opening, closing.seen, acts ? Layer::action : Layer::mqtt) || deadline_.passed()) break;
      environment_.progress.waiting_for(msg("{check}, which was let in before", {{"check", check.id}}));
      pause_for(pause_before, deadline_);
      closing = attempts_.of(check, check.id + " again after a pause", client, probe, Log::leave, programs);
    }
    return closing;
  }

  std::vector<CheckResult> judge_all() {
    std::vector<CheckResult> results;
    for (const auto& check : stage_.checks) {
      if (!wanted(check)) continue;
      results.push_back(check.is_negative() ? negative_result(check) : positive_result(check));
    }
    return results;
  }

  SeenByOthers others() const {
    SeenByOthers all;
    for (const auto& [id, opening] : controls_before_)
      if (opening.attempted.seen) all.emplace(id, *opening.attempted.seen);
    for (const auto& [id, attempted] : negatives_)
      if (attempted.seen) all.emplace(id, *attempted.seen);
    return all;
  }

  CheckResult positive_result(const CheckSpec& check) {
    const auto& opening = own_opening(check.id).attempted;
    const auto closing = strict_.contains(check.id) ? controls_after_.end() : controls_after_.find(check.id);
    const bool lost_access = closing != controls_after_.end() && closing->second.seen &&
                             !holds_again(controls_before_.at(check.id), closing->second.seen);
    const auto& deciding = lost_access ? closing->second : opening;
    PositiveEvidence evidence{.opening = opening.seen,
                              .host = attempts_.host_says(check, deciding.seen),
                              .port = plan_.listeners.at(check.client.listener).port,
                              .name = environment_.endpoint.name};
    name_clients(check, own_opening(check.id).patch, evidence);
    if (evidence.host == HostSays::broker_is_down || evidence.host == HostSays::nothing_listens) {
      evidence.last_error = attempts_.last_error(check);
      evidence.restart = environment_.host->restart_command();
    }
    if (closing != controls_after_.end()) evidence.closing = closing->second.seen;
    for (const auto& id : check.proven_by)
      if (const auto witness = negatives_.find(id); witness != negatives_.end())
        evidence.refuters.push_back({by_id_.at(id), witness->second.seen});
    evidence.others = others();
    auto result = this->result(check, judge_positive(check, evidence), &deciding);
    if (!result.observed) result.observed = own_opening(check.id).turned_away;
    if (result.observed && !opening.seen && opening.seen.error().kind == ErrorKind::interrupted) {
      result.verdict = Verdict::error;
      result.message = msg("turned away, and stopped by a signal before it was asked with what a later stage demands");
    }
    if (const auto* open = result.verdict == Verdict::pass ? unproven_by(check) : nullptr) {
      result.verdict = Verdict::error;
      result.points = 0;
      result.message = msg("let in, but stopped before {witness} was tried, which shows that the broker looks",
                           {{"witness", *open}});
    }
    // What the broker itself says of its start is what must be mended, and no line of this check's. Nor is a port in
    // clear to be opened where the broker may listen on another one.
    const bool is_in_clear = !plan_.listeners.at(check.client.listener).tls;
    if (evidence.host == HostSays::broker_is_down ||
        (evidence.host == HostSays::nothing_listens && (is_in_clear || !evidence.last_error.empty()))) {
      result.hint = {};
      result.see.clear();
    }
    return result;
  }

  // The first check of `proven_by` that the run's end has kept from being tried; null: none.
  const std::string* unproven_by(const CheckSpec& check) const {
    if (!deadline_.passed()) return nullptr;
    const auto is_open = [this](const std::string& id) {
      const auto witness = negatives_.find(id);
      return witness == negatives_.end() || !witness->second.seen;
    };
    const auto found = std::ranges::find_if(check.proven_by, is_open);
    return found == check.proven_by.end() ? nullptr : &*found;
  }

  static void name_clients(const CheckSpec& check, const ClientPatch& patch, PositiveEvidence& evidence) {
    const auto client = patched(check.client, patch);
    evidence.user = client.user_name.value_or(client.account.value_or(""));
    evidence.reader = evidence.user;
    const auto probe = patched(check.probe, check.client, patch);
    if (const auto role = probe.roles.find("reader"); role != probe.roles.end() && role->second.account)
      evidence.reader = *role->second.account;
  }

  CheckResult negative_result(const CheckSpec& check) {
    if (const auto tries = port_tries_.find(check.id); tries != port_tries_.end())
      return closed_listener_result(check, tries->second);
    NegativeEvidence evidence{.opening_control = controls_before_.at(check.control).attempted.seen};
    const auto attempted = negatives_.find(check.id);
    if (attempted != negatives_.end()) evidence.seen = attempted->second.seen;
    if (const auto closing = controls_after_.find(check.control); closing != controls_after_.end())
      evidence.closing_control = closing->second.seen;
    evidence.others = others();
    evidence.is_of_another_ca = is_of_another_ca(check);
    return result(check, judge_negative(check, evidence), attempted == negatives_.end() ? nullptr : &attempted->second);
  }

  CheckResult closed_listener_result(const CheckSpec& check, const std::vector<PortTry>& tries) {
    ClosedListenerEvidence evidence{.opening_control = controls_before_.at(check.control).attempted.seen,
                                    .closing_control = {},
                                    .tries = tries,
                                    .port = plan_.listeners.at(check.client.listener).port};
    if (const auto closing = controls_after_.find(check.control); closing != controls_after_.end())
      evidence.closing_control = closing->second.seen;
    if (environment_.host != nullptr &&
        !std::ranges::all_of(tries, [](const auto& it) { return is_refused_by_tcp(it.seen); }))
      if (const auto listens =
              environment_.host->listens(port_of(plan_, check.client), deadline_.within(options_.probe_timeout)))
        evidence.host_listens = *listens;
    evidence.host_drops = evidence.host_listens == true && std::ranges::all_of(tries, [&](const PortTry& it) {
                            return !is_filtered(it) || environment_.host
                                                           ->drops(it.address, port_of(plan_, check.client),
                                                                   deadline_.within(options_.probe_timeout))
                                                           .value_or(false);
                          });
    const auto& deciding = deciding_try(tries);
    const Attempted attempted{deciding.seen, deciding.seen ? deciding.seen->seconds : 0};
    return result(check, judge_closed_listener(check, evidence), &attempted);
  }

  static CheckResult result(const CheckSpec& check, const Judgement& judgement, const Attempted* attempted) {
    auto result = result_of(check, judgement.verdict, judgement.message);
    if (attempted == nullptr) return result;
    result.seconds = attempted->seconds;
    if (attempted->seen) result.observed = *attempted->seen;
    auto [hint, see] = hint_of(check, result.observed);
    result.hint = std::move(hint);
    result.see = std::move(see);
    return result;
  }

  const Plan& plan_;
  const StageSpec& stage_;
  Environment& environment_;
  const Options& options_;
  const Deadline& deadline_;
  Waiting& waiting_;
  Attempts attempts_;
  bool one_at_a_time_ = false;  // the broker has ended one denial's connection for the sake of another's
  std::map<std::string, const CheckSpec*> by_id_;
  std::vector<const CheckSpec*> shuffled_checks_;           // the stage's checks in the order in which they are tried
  std::map<std::string, Opening> controls_before_;          // positive checks and controls, by id
  std::map<std::string, Opening> strict_;                   // of them, where what leans on them needs more set aside
  std::map<std::string, Attempted> negatives_;              // only those whose control got as far as they need
  std::map<std::string, std::vector<PortTry>> port_tries_;  // of checks that expect a closed listener
  std::map<std::string, Attempted> controls_after_;         // controls, once more
};

}  // namespace

StageChecks run_checks(const Plan& plan, const StageSpec& stage, Environment& environment, const Options& options,
                       const Deadline& deadline, Waiting& waiting) {
  return StageRun(plan, stage, environment, options, deadline, waiting).run();
}

}  // namespace mqtts::engine
